import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('../', import.meta.url);
const sheet = readFileSync(new URL('styles/tokens.css', folder), 'utf8');

/** The colours of a scheme; dark ones stand in the place of light ones. */
function colours(scheme: 'light' | 'dark'): ReadonlyMap<string, string> {
  const [light = '', dark = ''] = sheet.split('@media (prefers-color-scheme: dark)');
  const text = scheme === 'light' ? light : light + dark;
  return new Map([...text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]));
}

/** How much a colour shines (WCAG 2.2, relative luminance). */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const PAIRS: readonly (readonly [text: string, ground: string, least: number])[] = [
  // What the light says of the recording.
  ['on-record', 'record', 7],
  ['on-record-soft', 'record-soft', 7],
  ['on-record-soft', 'card', 7],
  ['ink', 'card', 7],
  // Other text.
  ['ink', 'paper', 7],
  ['ink-soft', 'paper', 4.5],
  ['ink-soft', 'card', 4.5],
  ['ink-soft', 'well', 4.5],
  ['talk', 'paper', 4.5],
  ['talk', 'card', 4.5],
  ['on-talk', 'talk', 4.5],
  ['on-talk', 'talk-hover', 4.5],
  ['on-talk-soft', 'talk-soft', 4.5],
  ['on-warn-soft', 'warn-soft', 4.5],
  // Edges, rings and signs.
  ['line-strong', 'card', 3],
  ['focus', 'paper', 3],
  ['focus', 'card', 3],
  ['warn', 'warn-soft', 3],
];

describe.each(['light', 'dark'] as const)('the %s colours', (scheme) => {
  const known = colours(scheme);
  it.each(PAIRS)('%s on %s: at least %s to 1', (text, ground, least) => {
    expect(contrast(known.get(text)!, known.get(ground)!)).toBeGreaterThanOrEqual(least);
  });
});

describe('the styles', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ts|css)$/.test(name) && !name.endsWith('.test.ts'));
  const texts = files.map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));

  it('use the colour of recording for what concerns recording alone', () => {
    const used = texts.filter(({ text }) => /var\(--(on-)?record/.test(text)).map(({ name }) => name);
    expect(used).toEqual(['ui/light.styles.ts']);
  });

  it('move for 200 ms at most, and not at all for who wants no motion', () => {
    expect(parseFloat(/--quick: (\d+)ms/.exec(sheet)![1]!)).toBeLessThanOrEqual(200);
    expect(sheet).toMatch(/prefers-reduced-motion: reduce\) \{\s*:root \{\s*--quick: 0ms;/);
    for (const { name, text } of texts) {
      for (const [moves] of text.matchAll(/^\s+(animation|transition):[^;]*\d+m?s[^;]*;/gm)) {
        expect(text, `${name}: ${moves.trim()}`).toMatch(/prefers-reduced-motion: reduce\) \{[^}]*\{\s*animation: none/);
      }
    }
  });
});
