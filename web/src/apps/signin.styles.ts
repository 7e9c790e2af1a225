import { css } from 'lit';

export const signinStyles = css`
  .page {
    display: grid;
    gap: var(--gap-6);
    inline-size: min(100%, 62rem);
    margin-inline: auto;
    padding: var(--gap-6) var(--gap-4) var(--gap-8);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: var(--gap-3);
    font-size: var(--size-1);
    font-weight: 680;
  }
  .brand svg {
    inline-size: 2rem;
    block-size: 2rem;
    color: var(--talk);
  }
  .intro {
    display: grid;
    gap: var(--gap-4);
    max-inline-size: 44rem;
  }
  .intro h1 {
    font-size: clamp(var(--size-3), 5vw, var(--size-4));
  }
  .steps {
    counter-reset: step;
    display: grid;
    gap: var(--gap-3);
    margin-block-start: var(--gap-2);
  }
  .steps li {
    counter-increment: step;
    display: grid;
    grid-template-columns: auto 1fr;
    gap: var(--gap-3);
    align-items: center;
  }
  .steps li::before {
    content: counter(step);
    display: grid;
    place-items: center;
    inline-size: 2rem;
    block-size: 2rem;
    border-radius: var(--round-full);
    background: var(--talk-soft);
    color: var(--on-talk-soft);
    font-weight: 650;
  }
  .staff {
    display: grid;
    gap: var(--gap-3);
    justify-items: start;
  }
  section ul {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr));
    gap: var(--gap-4);
    margin-block-start: var(--gap-4);
  }
  section li {
    display: grid;
  }
  .person {
    display: grid;
    grid-template-columns: auto 1fr auto;
    align-items: center;
    gap: var(--gap-4);
    padding: var(--gap-4);
    text-align: start;
    cursor: pointer;
    transition: border-color var(--quick);
  }
  .person:hover {
    border-color: var(--talk);
  }
  .person:hover .go {
    color: var(--talk);
  }
  .words {
    display: grid;
    gap: 0.1rem;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  .place {
    display: inline-flex;
    align-items: center;
    gap: var(--gap-1);
  }
  .place svg {
    inline-size: 1rem;
    block-size: 1rem;
  }
  .go {
    color: var(--line-strong);
    line-height: 0;
  }
  :host(:dir(rtl)) .go {
    scale: -1 1;
  }
`;
