import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';

const LARGEST_GZIPPED = 60_000;

/** Builds one of the files that other sites load, in memory. */
async function built(mode: string): Promise<Rolldown.OutputChunk> {
  const made = (await build({ configFile: 'vite.embed.config.ts', mode, logLevel: 'silent', build: { write: false } })) as Rolldown.RolldownOutput;
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
    const times = (key: string): number => element.code.split(key).length - 1;
    // Once in each catalogue, and where it is said; those of a computed key stand in the catalogues alone.
    for (const key of ['device.title', 'page.expired', 'hold.title']) expect(times(`"${key}"`) + times(`\`${key}\``) + times(`'${key}'`), key).toBeGreaterThanOrEqual(7);
    for (const key of ['microphone.denied', 'quality.lost', 'availability.away']) expect(times(key), key).toBeGreaterThanOrEqual(6);
    for (const key of ['player.unclean', 'recordings.empty', 'stage.erased']) expect(times(key), key).toBe(0);
  });

  it('the client library holds no framework and no screen', () => {
    expect(client.moduleIds.filter((id) => !/src\/(client|lib|wire)\//.test(id))).toEqual([]);
    expect(client.exports).toEqual(expect.arrayContaining(['createClient', 'CallController', 'visibleQuestion']));
  });
});
