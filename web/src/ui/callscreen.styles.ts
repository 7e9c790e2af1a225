import { css } from 'lit';

export const callStyles = css`
  .call {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: var(--gap-4);
    inline-size: min(100%, 34rem);
    min-block-size: var(--call-height, calc(100dvh - var(--header, 4.5rem) - var(--banners, 0px)));
    margin-inline: auto;
    padding: var(--gap-4);
    text-align: center;
  }
  parley-light {
    margin-block-start: var(--gap-2);
  }
  .who {
    display: grid;
    gap: var(--gap-5);
    justify-items: center;
    margin-block: auto;
    padding-block: var(--gap-5);
  }
  .face {
    --avatar-size: 8rem;
    border-radius: var(--round-full);
    line-height: 0;
    box-shadow: 0 0 0 0.5rem var(--talk-soft);
  }
  .ringing .face {
    animation: ring 1.8s ease-in-out infinite;
  }
  @keyframes ring {
    50% {
      box-shadow: 0 0 0 1rem var(--talk-soft);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .ringing .face {
      animation: none;
    }
  }
  /* On a low screen the sound, the words and the buttons matter more than the face. */
  @media (max-height: 48rem) {
    .who {
      gap: var(--gap-3);
      padding-block: var(--gap-2);
    }
    .face {
      --avatar-size: 5rem;
    }
  }
  .asking .who {
    grid-template-columns: auto auto;
    align-items: center;
    gap: var(--gap-4);
    margin-block: 0;
    padding-block: var(--gap-2);
    text-align: start;
  }
  .asking .face {
    --avatar-size: 3.5rem;
    box-shadow: 0 0 0 0.25rem var(--talk-soft);
  }
  .asking h1 {
    font-size: var(--size-1);
  }
  .asking .ringing .face {
    animation: none;
  }
  /* What is asked has their place. */
  .asking :is(.meters, .quality) {
    display: none;
  }
  .status {
    margin-block-start: var(--gap-1);
  }
  .again {
    display: block;
  }
  .meters {
    display: grid;
    grid-template-columns: auto 1fr;
    align-items: center;
    gap: var(--gap-2) var(--gap-3);
    inline-size: min(100%, 20rem);
    font-size: var(--size-small);
    text-align: start;
  }
  .meters dt {
    max-inline-size: 9rem;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--ink-soft);
  }
  .quality {
    min-block-size: 1.5em;
  }
  /* While it has nothing to say it takes no place, and yet is there to be announced. */
  parley-muted-note:not([muted]) {
    margin-block-start: calc(-1 * var(--gap-4));
  }
  .hint {
    margin: 0;
    padding: var(--gap-3);
    border-radius: var(--round-small);
    color: var(--on-warn-soft);
    background: var(--warn-soft);
  }
  parley-pause {
    flex-basis: 100%;
  }
  parley-question,
  parley-messages,
  parley-devices,
  parley-notice {
    inline-size: 100%;
  }
  .before {
    display: grid;
    gap: var(--gap-3);
    inline-size: 100%;
    padding: var(--gap-4) var(--gap-5);
    text-align: start;
  }
  .before h2 {
    font-size: var(--size-1);
  }
  .before .answers {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: var(--gap-3);
  }
  .summary {
    max-inline-size: 28rem;
  }
  .controls {
    position: sticky;
    inset-block-end: 0;
    z-index: 2;
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: var(--gap-3);
    inline-size: 100%;
    margin-block-start: auto;
    padding-block: var(--gap-3) max(var(--gap-4), env(safe-area-inset-bottom));
    background: linear-gradient(to top, var(--paper) calc(100% - var(--gap-3)), transparent);
  }
  .controls .button {
    min-inline-size: 8.5rem;
    min-block-size: 3.25rem;
    background-color: var(--card);
  }
  /* On a phone two stand side by side where their words let them. */
  @media (max-width: 30rem) {
    .controls .button {
      flex: 1 1 auto;
      min-inline-size: 0;
      padding-inline: var(--gap-3);
    }
  }
  .controls .button.dark {
    background-color: var(--ink);
  }
  .controls .button.dark:hover {
    background-color: var(--ink-soft);
  }
`;
