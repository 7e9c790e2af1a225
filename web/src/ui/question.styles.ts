import { css } from 'lit';

export const questionStyles = css`
  .dialog {
    display: grid;
    gap: var(--gap-4);
    padding: var(--gap-5);
    text-align: start;
    border-color: var(--line-strong);
    outline: none;
    animation: rise var(--quick) ease-out;
  }
  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(0.5rem);
    }
  }
  .head {
    display: flex;
    gap: var(--gap-3);
    align-items: start;
    justify-content: space-between;
  }
  .head h2 {
    padding-block-start: 0.4rem;
  }
  .close {
    display: grid;
    place-items: center;
    inline-size: 2.75rem;
    block-size: 2.75rem;
    margin: -0.25rem;
    margin-inline-end: -0.5rem;
    border: 0;
    border-radius: var(--round-full);
    background: none;
    color: var(--ink-soft);
    cursor: pointer;
    flex: none;
  }
  .close:hover {
    background: var(--well);
  }
  .body {
    display: grid;
    gap: var(--gap-2);
  }
  .answers {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: var(--gap-3);
  }
  .answers .button {
    padding-inline: var(--gap-3);
    min-block-size: 3rem;
    border-color: var(--ink);
  }
  .more {
    display: flex;
    flex-wrap: wrap;
    column-gap: var(--gap-5);
    font-size: var(--size-small);
  }
  details[open] {
    flex: 1 0 100%;
  }
  details p + p,
  li + li {
    margin-block-start: var(--gap-2);
  }
  ul {
    list-style: disc;
    padding-inline-start: 1.2em;
  }
  .source {
    color: var(--ink-soft);
  }
  cite {
    font-style: normal;
    font-weight: 600;
  }
`;
