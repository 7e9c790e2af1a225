import { css } from 'lit';

export const appStyles = css`
  :host {
    --header: 4.25rem;
    min-block-size: 100vh;
    min-block-size: 100dvh;
  }
  .skip {
    position: absolute;
    inset-block-start: var(--gap-2);
    inset-inline-start: var(--gap-2);
    z-index: 5;
  }
  .skip:not(:focus) {
    inline-size: 1px;
    block-size: 1px;
    min-block-size: 0;
    padding: 0;
    border: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  main:focus {
    outline: none;
  }
  header {
    display: flex;
    align-items: center;
    gap: var(--gap-2) var(--gap-4);
    min-block-size: var(--header);
    padding: var(--gap-2) var(--gap-4);
    border-block-end: 1px solid var(--line);
  }
  .brand {
    display: inline-flex;
    align-items: center;
    gap: var(--gap-2);
    min-block-size: 2.75rem;
    margin-inline-end: auto;
    border-radius: var(--round-small);
    color: var(--ink);
    font-weight: 680;
    text-decoration: none;
    min-inline-size: 0;
  }
  .brand svg {
    inline-size: 1.75rem;
    block-size: 1.75rem;
    color: var(--talk);
  }
  .brand span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  nav {
    display: flex;
    gap: var(--gap-1);
    margin-inline-end: auto;
  }
  nav a {
    display: inline-flex;
    align-items: center;
    min-block-size: 2.75rem;
    padding: 0 var(--gap-4);
    border-radius: var(--round-full);
    color: var(--ink);
    font-weight: 600;
    text-decoration: none;
    white-space: nowrap;
  }
  nav a:hover {
    background: var(--well);
  }
  nav a[aria-current='page'] {
    background: var(--talk-soft);
    color: var(--on-talk-soft);
  }
  .me {
    color: var(--ink-soft);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  header .button {
    white-space: nowrap;
  }
  .banners {
    display: grid;
    gap: var(--gap-2);
    inline-size: min(100%, 46rem);
    margin-inline: auto;
    padding-inline: var(--gap-4);
  }
  .banners > * {
    margin-block-start: var(--gap-3);
  }
  @media (max-width: 40rem) {
    header {
      gap: var(--gap-1) var(--gap-2);
    }
    .brand span,
    .me {
      display: none;
    }
    nav {
      min-inline-size: 0;
    }
    nav a {
      padding-inline: var(--gap-2);
      font-size: 0.875rem;
      line-height: 1.2;
      text-align: center;
      white-space: normal;
    }
    header .button {
      padding-inline: var(--gap-2);
      font-size: 0.875rem;
    }
  }
`;
