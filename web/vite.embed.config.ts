import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url));

/** What other sites load, one file each: the element, and the client library without it. */
const ENTRIES: Readonly<Record<string, string>> = {
  'parley-call': source('element/main.ts'),
  'parley-client': source('client/index.ts'),
};

/** One text of a catalogue, as it stands in the bundle before it is made small. */
const TEXT = /^[ \t]*"((\w+)\.\w+)": ("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`$]*`),?[ \t]*\n/gm;

/** Leaves out the texts that nothing in the file says: those of the pages, in six languages. */
const saidTexts: Plugin = {
  name: 'said-texts',
  renderChunk(code) {
    const rest = code.replace(TEXT, '');
    return code.replace(TEXT, (text, key: string, group: string) => {
      const said = rest.includes(`"${key}"`) || rest.includes(`'${key}'`) || rest.includes(`\`${group}.\${`);
      return said ? text : '';
    });
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
      rolldownOptions: {
        input: { [mode]: entry },
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: '[name].js', codeSplitting: false },
      },
    },
  };
});
