import { css } from 'lit';

/** What every component starts from: rhythm, buttons, cards, fields, focus. */
export const base = css`
  :host {
    display: block;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h1,
  h2,
  h3 {
    font-weight: 680;
    letter-spacing: -0.018em;
    line-height: 1.2;
    text-wrap: balance;
    overflow-wrap: anywhere;
  }
  h1 {
    font-size: var(--size-3);
  }
  h2 {
    font-size: var(--size-1);
  }
  h3 {
    font-size: var(--size-0);
  }
  .soft {
    color: var(--ink-soft);
  }
  .small {
    font-size: var(--size-small);
  }
  .figures {
    font-variant-numeric: tabular-nums;
  }
  svg {
    inline-size: 1.25em;
    block-size: 1.25em;
    flex: none;
  }
  :focus-visible {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }
  .sr {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

export const controls = css`
  button,
  select,
  input {
    font: inherit;
    color: inherit;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: var(--gap-2);
    min-block-size: 2.75rem;
    padding: var(--gap-2) var(--gap-5);
    border: 1.5px solid var(--line-strong);
    border-radius: var(--round-full);
    background: transparent;
    color: var(--ink);
    font-weight: 600;
    line-height: 1.2;
    text-decoration: none;
    text-align: center;
    cursor: pointer;
    transition:
      background-color var(--quick),
      border-color var(--quick);
  }
  .button:hover {
    background: var(--well);
  }
  .button.talk {
    background: var(--talk);
    border-color: var(--talk);
    color: var(--on-talk);
  }
  .button.talk:hover {
    background: var(--talk-hover);
    border-color: var(--talk-hover);
  }
  .button.dark {
    background: var(--ink);
    border-color: var(--ink);
    color: var(--paper);
  }
  .button.dark:hover {
    background: var(--ink-soft);
    border-color: var(--ink-soft);
  }
  .button.quiet {
    border-color: transparent;
    padding-inline: var(--gap-3);
  }
  .button:disabled {
    background: transparent;
    border-color: var(--line);
    color: var(--ink-soft);
    cursor: default;
  }
  .link {
    border: 0;
    padding: var(--gap-1) 0;
    background: none;
    color: var(--talk);
    font-weight: 600;
    text-align: start;
    text-decoration: underline;
    text-underline-offset: 0.2em;
    text-decoration-thickness: 1px;
    cursor: pointer;
  }
  .field {
    min-block-size: 2.75rem;
    padding: var(--gap-2) var(--gap-3);
    border: 1.5px solid var(--line-strong);
    border-radius: var(--round-small);
    background: var(--card);
    color: var(--ink);
    max-inline-size: 100%;
  }
  ::placeholder {
    color: var(--ink-soft);
    opacity: 1;
  }
  .card {
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: var(--round);
    box-shadow: var(--shadow);
  }
  summary {
    cursor: pointer;
    font-weight: 600;
    color: var(--talk);
    text-decoration: underline;
    text-underline-offset: 0.2em;
    text-decoration-thickness: 1px;
    inline-size: fit-content;
    padding-block: var(--gap-2);
  }
`;
