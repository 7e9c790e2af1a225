import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { CATALOGUES, type Key } from '../i18n/catalogue';
import { LANGUAGES } from '../i18n/speech';

/** What a page of another site loads at most: the element, and the words of one language. */
const LARGEST_GZIPPED = 60_000;

/** Builds what other sites load, in memory, as it is served: a test's own surroundings would bring the framework's warnings in. */
async function built(mode: string): Promise<ReadonlyMap<string, Rolldown.OutputChunk>> {
  vi.stubEnv('NODE_ENV', 'production');
  const made = (await build({ configFile: 'vite.embed.config.ts', mode, logLevel: 'silent', build: { write: false } })) as Rolldown.RolldownOutput;
  vi.unstubAllEnvs();
  return new Map(made.output.filter((file) => file.type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
}

const gzipped = (chunk: Rolldown.OutputChunk | undefined): number => gzipSync(chunk?.code ?? '').length;

describe('what other sites load', () => {
  let files: ReadonlyMap<string, Rolldown.OutputChunk>;
  let element: Rolldown.OutputChunk;
  let client: ReadonlyMap<string, Rolldown.OutputChunk>;
  beforeAll(async () => {
    files = await built('parley-call');
    element = files.get('parley-call.js')!;
    client = await built('parley-client');
  }, 60_000);

  it('is the element, each language but English in a file of its own, and the client library', () => {
    const words = LANGUAGES.filter((language) => language !== 'en').map((language) => `parley-call.${language}.js`);
    expect([...files.keys()].sort()).toEqual(['parley-call.js', ...words].sort());
    expect([...client.keys()]).toEqual(['parley-client.js']);
    expect([element.imports, [...element.dynamicImports].sort()]).toEqual([[], words.sort()]);
  });

  it('the element with any one language is no larger than 60 kB gzipped', () => {
    for (const [name, chunk] of files) expect(gzipped(element) + (chunk === element ? 0 : gzipped(chunk)), name).toBeLessThanOrEqual(LARGEST_GZIPPED);
  });

  it('the element leaves out the pages: sign-in, recordings, player', () => {
    expect(element.moduleIds.filter((id) => /src\/(apps|ui\/player|ui\/recordings|stories)/.test(id))).toEqual([]);
  });

  it.each(LANGUAGES)('%s: holds each text that the element says, and no other', (language) => {
    const { code } = language === 'en' ? element : files.get(`parley-call.${language}.js`)!;
    const said = (key: Key): boolean => code.includes(CATALOGUES[language][key]) && code.includes(`"${key}"`);
    for (const key of ['device.title', 'page.expired', 'hold.title', 'microphone.denied', 'quality.lost', 'availability.away', 'report.unsafe', 'block.do'] as const) {
      expect(said(key), key).toBe(true);
    }
    for (const key of ['player.unclean', 'recordings.empty', 'stage.uploading', 'privacy.choose'] as const) {
      expect(said(key), key).toBe(false);
    }
  });

  it('the client library holds no framework and no screen', () => {
    const library = client.get('parley-client.js')!;
    expect(library.moduleIds.filter((id) => !/src\/(client|lib|wire)\//.test(id))).toEqual([]);
    expect(library.exports).toEqual(expect.arrayContaining(['createClient', 'CallController', 'visibleQuestion']));
  });
});
