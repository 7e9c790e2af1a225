import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hostTokens } from './theme';

const sheet = readFileSync(new URL('../styles/tokens.css', import.meta.url), 'utf8');
const host = hostTokens(sheet);

describe('the tokens of the element', () => {
  it('are all of the page, each open to the page around', () => {
    const names = [...new Set([...sheet.matchAll(/(--[\w-]+):/g)].map(([, name]) => name!.slice(2)))];
    expect(names.length).toBeGreaterThan(30);
    for (const name of names) expect(host).toContain(`--${name}: var(--parley-${name}, `);
  });

  it('stay inside the element', () => {
    expect(host).not.toContain(':root');
    expect(host).toContain(':host {');
  });

  it('are dark when the system is, unless the page says light, and dark when the page says so', () => {
    const dark = '--paper: var(--parley-paper, #131715)';
    expect(host).toMatch(/prefers-color-scheme: dark\) \{ :host\(:not\(\[scheme='light'\]\)\) \{[^}]*--paper: var\(--parley-paper, #131715\)/);
    expect(host.slice(host.indexOf(":host([scheme='dark'])"))).toContain(dark);
    expect(host.split(dark)).toHaveLength(3);
  });
});
