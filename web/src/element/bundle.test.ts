import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { CATALOGUES, type Key } from '../i18n/catalogue';

const LARGEST_GZIPPED = 60_000;

/** Builds one of the files that other sites load, in memory, as it is served: a test's own surroundings would bring the framework's warnings in. */
async function built(mode: string): Promise<Rolldown.OutputChunk> {
  vi.stubEnv('NODE_ENV', 'production');
  const made = (await build({ configFile: 'vite.embed.config.ts', mode, logLevel: 'silent', build: { write: false } })) as Rolldown.RolldownOutput;
  vi.unstubAllEnvs();
  expect(made.output.map((file) => file.fileName), 'one file each').toEqual([`${mode}.js`]);
  return made.output[0];
}

describe('what other sites load', () => {
  let element: Rolldown.OutputChunk;
  let client: Rolldown.OutputChunk;
  beforeAll(async () => {
    element = await built('parley-call');
    client = await built('parley-client');
  }, 60_000);

  it('the element is no larger than 60 kB gzipped', () => {
    expect(gzipSync(element.code).length).toBeLessThanOrEqual(LARGEST_GZIPPED);
  });

  it('the element leaves out the pages: sign-in, recordings, player', () => {
    expect(element.moduleIds.filter((id) => /src\/(apps|ui\/player|ui\/recordings|stories)/.test(id))).toEqual([]);
  });

  it('the element keeps each text that it says, in six languages, and no other', () => {
    const said = (key: Key): string[] => Object.values(CATALOGUES).map((words) => words[key]);
    const holds = (text: string): boolean => element.code.includes(text);
    for (const key of ['device.title', 'page.expired', 'hold.title', 'microphone.denied', 'quality.lost', 'availability.away'] as const) {
      expect(said(key).filter((text) => !holds(text)), key).toEqual([]);
    }
    for (const key of ['player.unclean', 'recordings.empty', 'stage.uploading', 'privacy.choose'] as const) {
      expect([key, ...said(key)].filter(holds), key).toEqual([]);
    }
  });

  it('the element finds each text by its key', () => {
    const keys = /fromEntries\([`'"]([\w. ]+)[`'"]/.exec(element.code)?.[1]?.split(' ') ?? [];
    expect(keys.filter((key) => !Object.hasOwn(CATALOGUES.en, key))).toEqual([]);
    const [first = 'action.close', second = 'action.close'] = keys as Key[];
    expect(element.code.split(CATALOGUES.de[first])[1]?.slice(0, 120)).toContain(CATALOGUES.de[second]);
  });

  it('the client library holds no framework and no screen', () => {
    expect(client.moduleIds.filter((id) => !/src\/(client|lib|wire)\//.test(id))).toEqual([]);
    expect(client.exports).toEqual(expect.arrayContaining(['createClient', 'CallController', 'visibleQuestion']));
  });
});
