import { css, unsafeCSS, type CSSResult } from 'lit';
import tokens from '../styles/tokens.css?raw';

const DARK = /@media \(prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}\s*\}/;

/**
 * The design system for one element instead of a page: each token `--x` can be set from outside as
 * `--parley-x`, and the attribute `scheme` (`light` or `dark`) overrules what the system prefers.
 */
export function hostTokens(sheet: string): string {
  const dark = DARK.exec(sheet)?.[1] ?? '';
  return open(sheet.replace(DARK, ''))
    .replaceAll(':root', ':host')
    .concat(
      `@media (prefers-color-scheme: dark) { :host(:not([scheme='light'])) {${open(dark)}} }`,
      `:host([scheme='dark']) {${open(dark)} color-scheme: dark; }`,
      `:host([scheme='light']) { color-scheme: light; }`,
    );
}

function open(declarations: string): string {
  return declarations.replace(/--([\w-]+):\s*([^;]+);/g, '--$1: var(--parley-$1, $2);');
}

export const theme: CSSResult = css`
  ${unsafeCSS(hostTokens(tokens))}
  :host {
    --header: 0px;
    --call-height: var(--parley-height, 32rem);
    display: block;
    background: var(--paper);
    color: var(--ink);
    font: 400 1rem / 1.5 var(--font);
    text-align: start;
  }
  .frame {
    display: grid;
    gap: var(--gap-4);
    padding: var(--gap-4);
  }
  .ended {
    display: grid;
    gap: var(--gap-4);
    justify-items: center;
    text-align: center;
  }
  .ended parley-receipts,
  .ended parley-feedback {
    inline-size: min(100%, 30rem);
    text-align: start;
  }
`;
