import { css } from 'lit';

/** Questions under the heading of their section, and how the score stands. */
export const evaluationStyles = css`
  .sheet,
  .section,
  fieldset,
  .talk {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--gap-3);
    min-inline-size: 0;
  }
  .sheet {
    gap: var(--gap-5);
  }
  fieldset {
    gap: var(--gap-2);
    margin: 0;
    padding: 0 0 var(--gap-3);
    border: 0;
    border-block-end: 1px solid var(--line);
  }
  .section > h3 {
    color: var(--ink-soft);
  }
  legend {
    padding: 0 0 var(--gap-2);
    font-weight: 600;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: var(--gap-1) var(--gap-4);
  }
  .score {
    font-size: var(--size-2);
    font-weight: 680;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: var(--gap-2);
  }
  .choice {
    display: inline-flex;
    align-items: center;
    gap: var(--gap-2);
    inline-size: auto;
    min-block-size: 2.75rem;
    padding: var(--gap-1) var(--gap-4);
    border: 1.5px solid var(--line-strong);
    border-radius: var(--round-full);
    cursor: pointer;
  }
  .choice:has(:checked) {
    border-color: var(--talk);
    background: var(--talk-soft);
    color: var(--on-talk-soft);
    font-weight: 600;
  }
  .choice input {
    accent-color: var(--talk);
    margin: 0;
  }
  .choice:focus-within {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }
  .choice input:focus-visible {
    outline: none;
  }
  textarea {
    font: inherit;
    color: inherit;
    inline-size: 100%;
    min-block-size: 4rem;
  }
  .said {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .moments {
    display: grid;
    gap: var(--gap-3);
  }
  .moments li {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: var(--gap-3);
    align-items: baseline;
  }
  .time {
    font: inherit;
    font-weight: 600;
    color: var(--talk);
  }
  button.time {
    min-block-size: 2rem;
    padding: 0 var(--gap-3);
    border: 1.5px solid var(--line-strong);
    border-radius: var(--round-full);
    background: none;
    cursor: pointer;
  }
  dl {
    display: grid;
    gap: var(--gap-3);
    margin: 0;
  }
  dt {
    font-weight: 600;
  }
  .talk {
    gap: var(--gap-1);
    padding: var(--gap-3) var(--gap-4);
    border-radius: var(--round-small);
    background: var(--well);
  }
  .button {
    justify-self: start;
  }
`;
