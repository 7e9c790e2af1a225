import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url));

/** What other sites load, one file each: the element, and the client library without it. */
const ENTRIES: Readonly<Record<string, string>> = {
  'parley-call': source('element/main.ts'),
  'parley-client': source('client/index.ts'),
};

/** One text of a catalogue, as it stands in the bundle before it is made small. */
const TEXT = /^[ \t]*"((\w+)(?:\.\w+)+)": ("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`$]*`),?[ \t]*\n/gm;

/** A whole catalogue, which is nothing but texts. */
const CATALOGUE = new RegExp(`\\{\\n((?:${TEXT.source})+)[ \\t]*\\}`, 'gm');

/**
 * Leaves out the texts that nothing in the file says, those of the pages, in six languages; and
 * writes the keys of the others once instead of six times.
 */
const saidTexts: Plugin = {
  name: 'said-texts',
  renderChunk(code) {
    const rest = code.replace(TEXT, '');
    const said = (key: string, group: string): boolean => rest.includes(`"${key}"`) || rest.includes(`'${key}'`) || rest.includes(`\`${group}.\${`);
    const keys = new Set<string>();
    const catalogues: (readonly [place: string, texts: ReadonlyMap<string, string>])[] = [];
    const short = code.replace(CATALOGUE, (_, lines: string) => {
      const texts = [...lines.matchAll(TEXT)].filter(([, key = '', group = '']) => said(key, group)).map(([, key = '', , text = '']) => [key, text] as const);
      for (const [key] of texts) keys.add(key);
      const place = `/* catalogue ${catalogues.length} */`;
      catalogues.push([place, new Map(texts)]);
      return place;
    });
    if (catalogues.length === 0) return null;
    const withTexts = catalogues.reduce((text, [place, texts]) => text.replace(place, () => `texts([${[...keys].map((key) => texts.get(key) ?? '""').join(',')}])`), short);
    return `const texts = (of) => Object.fromEntries(${JSON.stringify([...keys].join(' '))}.split(' ').map((key, at) => [key, of[at]]));\n${withTexts}`;
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
