import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url));

/** What other sites load: the element, with a file for the words of each language but English, and the client library without it. */
const ENTRIES: Readonly<Record<string, string>> = {
  'parley-call': source('element/main.ts'),
  'parley-client': source('client/index.ts'),
};

/** One text of a catalogue, as it stands in the bundle before it is made small. */
const TEXT = /^[ \t]*"((\w+)(?:\.\w+)+)": ("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`$]*`),?[ \t]*\n/gm;

/** A key as the code says it, whole or with its end still to come. */
const SAID = /["'`](\w+(?:\.\w+)+)["'`]|`(\w+\.)\$\{/g;

/** Leaves out the texts that nothing in the files says, those of the pages. */
const saidTexts: Plugin = {
  name: 'said-texts',
  renderChunk(code, _, __, { chunks }) {
    const said = new Set<string>();
    for (const { modules } of Object.values(chunks)) {
      for (const { code: module } of Object.values(modules)) {
        for (const [, key = '', start = ''] of (module ?? '').replace(TEXT, '').matchAll(SAID)) said.add(key + start);
      }
    }
    return code.replace(TEXT, (line, key: string, group: string) => (said.has(key) || said.has(`${group}.`) ? line : ''));
  },
};

export default defineConfig(({ mode }) => {
  const entry = ENTRIES[mode];
  if (entry === undefined) throw new Error(`--mode must be one of ${Object.keys(ENTRIES).join(', ')}`);
  return {
    resolve: { alias: { '@parley/client': source('client/index.ts') } },
    publicDir: false,
    plugins: [saidTexts],
    build: {
      target: 'es2022',
      outDir: 'dist/embed',
      emptyOutDir: false,
      modulePreload: false,
      rolldownOptions: {
        input: { [mode]: entry },
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: '[name].js', chunkFileNames: `${mode}.[name].js` },
      },
    },
  };
});
