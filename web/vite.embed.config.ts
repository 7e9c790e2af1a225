import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url));

/** What other sites load, one file each: the element, and the client library without it. */
const ENTRIES: Readonly<Record<string, string>> = {
  'parley-call': source('element/main.ts'),
  'parley-client': source('client/index.ts'),
};

export default defineConfig(({ mode }) => {
  const entry = ENTRIES[mode];
  if (entry === undefined) throw new Error(`--mode must be one of ${Object.keys(ENTRIES).join(', ')}`);
  return {
    resolve: { alias: { '@parley/client': source('client/index.ts') } },
    publicDir: false,
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
