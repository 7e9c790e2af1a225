import { css } from 'lit';

export const playerStyles = css`
  .player {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--gap-4);
  }
  audio {
    display: none;
  }
  .reason {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1.5fr);
    min-inline-size: 0;
    gap: var(--gap-2) var(--gap-3);
    margin: 0;
    padding: 0;
    border: 0;
  }
  .reason legend {
    padding: 0;
    margin-block-end: var(--gap-2);
    font-weight: 600;
  }
  .reason p {
    grid-column: 1 / -1;
  }
  .missing {
    color: var(--on-warn-soft);
    font-weight: 600;
  }
  .field[aria-invalid='true'] {
    border-color: var(--warn);
    border-width: 2px;
  }
  .given {
    display: flex;
    gap: var(--gap-2);
    align-items: center;
    overflow-wrap: anywhere;
  }
  .timeline {
    display: flex;
    align-items: center;
    gap: var(--gap-3);
  }
  input[type='range'] {
    --fill: linear-gradient(var(--talk), var(--talk));
    flex: 1;
    min-inline-size: 0;
    margin: 0;
    block-size: 1.75rem;
    appearance: none;
    background: transparent;
    border-radius: var(--round-full);
    cursor: pointer;
  }
  input[type='range']::-webkit-slider-runnable-track {
    block-size: 0.5rem;
    border-radius: var(--round-full);
    background:
      var(--fill) 0 / var(--share) 100% no-repeat,
      var(--well);
    box-shadow: inset 0 0 0 1px var(--line);
  }
  input[type='range']::-webkit-slider-thumb {
    appearance: none;
    inline-size: 1.25rem;
    block-size: 1.25rem;
    margin-block-start: -0.375rem;
    border: 0;
    border-radius: var(--round-full);
    background: var(--talk);
    box-shadow: 0 0 0 3px var(--card);
  }
  input[type='range']::-moz-range-track {
    block-size: 0.5rem;
    border-radius: var(--round-full);
    background: var(--well);
    box-shadow: inset 0 0 0 1px var(--line);
  }
  input[type='range']::-moz-range-progress {
    block-size: 0.5rem;
    border-radius: var(--round-full);
    background: var(--talk);
  }
  input[type='range']::-moz-range-thumb {
    inline-size: 1.25rem;
    block-size: 1.25rem;
    border: 0;
    border-radius: var(--round-full);
    background: var(--talk);
  }
  .transport {
    display: grid;
    grid-template-columns: 1fr auto 1fr;
    align-items: center;
    gap: var(--gap-3);
  }
  .keys {
    display: flex;
    align-items: center;
    gap: var(--gap-3);
  }
  .round {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.1rem;
    inline-size: 3rem;
    block-size: 3rem;
    border: 0;
    border-radius: var(--round-full);
    background: var(--well);
    font-size: var(--size-small);
    font-weight: 600;
    cursor: pointer;
  }
  .round:hover {
    background: var(--line);
  }
  .round.main {
    inline-size: 3.75rem;
    block-size: 3.75rem;
    background: var(--talk);
    color: var(--on-talk);
    font-size: 1.4rem;
  }
  .round.main:hover {
    background: var(--talk-hover);
  }
  :host(:dir(rtl)) .keys,
  :host(:dir(rtl)) .timeline {
    direction: ltr;
  }
  .rate {
    display: flex;
    align-items: center;
    justify-content: end;
    gap: var(--gap-2);
  }
  .rate .field {
    padding-inline: var(--gap-2);
  }
  .voices {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: var(--gap-3) var(--gap-5);
    padding-block-start: var(--gap-4);
    border-block-start: 1px solid var(--line);
  }
  .solo {
    display: inline-flex;
    padding: 0.2rem;
    border-radius: var(--round-full);
    background: var(--well);
  }
  .solo button {
    min-block-size: 2.5rem;
    padding: 0 var(--gap-4);
    border: 0;
    border-radius: var(--round-full);
    background: none;
    font-weight: 600;
    cursor: pointer;
  }
  .solo button[aria-pressed='true'] {
    background: var(--talk);
    color: var(--on-talk);
  }
  .voices p {
    flex: 1 1 14rem;
  }
  @media (max-width: 30rem) {
    .reason {
      grid-template-columns: minmax(0, 1fr);
    }
    .rate span {
      display: none;
    }
    .solo button {
      padding-inline: var(--gap-3);
    }
    .transport {
      grid-template-columns: auto minmax(0, 1fr);
    }
    .loading {
      grid-area: 2 / 1 / auto / -1;
    }
  }
`;
