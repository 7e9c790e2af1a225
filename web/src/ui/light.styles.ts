import { css } from 'lit';

export const lightStyles = css`
  :host {
    position: relative;
    inline-size: fit-content;
  }
  .pill {
    display: inline-flex;
    align-items: center;
    gap: var(--gap-2);
    min-block-size: 2.5rem;
    max-inline-size: 100%;
    padding: var(--gap-2) var(--gap-4) var(--gap-2) var(--gap-3);
    border: 1.5px solid var(--line-strong);
    border-radius: var(--round-full);
    background: var(--card);
    color: var(--ink);
    font-weight: 600;
    line-height: 1.2;
    text-align: start;
    cursor: pointer;
    transition: background-color var(--quick);
  }
  .pill.recording {
    background: var(--record);
    border-color: var(--record);
    color: var(--on-record);
  }
  .pill.paused {
    border: 2px solid var(--record);
    background: var(--card);
    color: var(--on-record-soft);
  }
  .pill.stopped {
    border-color: var(--record);
    color: var(--on-record-soft);
    background: var(--record-soft);
  }
  .pill.problem {
    border: 2px dashed var(--record);
    background: var(--record-soft);
    color: var(--on-record-soft);
  }
  .panel {
    position: absolute;
    z-index: 3;
    inset-block-start: calc(100% + var(--gap-2));
    inset-inline-start: 50%;
    translate: -50% 0;
    display: grid;
    gap: var(--gap-3);
    justify-items: start;
    inline-size: min(22rem, calc(100vw - 2rem));
    padding: var(--gap-4) var(--gap-5);
    text-align: start;
  }
  :host(:dir(rtl)) .panel {
    translate: 50% 0;
  }
  .who {
    display: grid;
    gap: var(--gap-1);
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .who li {
    display: flex;
    align-items: center;
    gap: var(--gap-2);
  }
  .stop {
    border-color: var(--record);
    color: var(--on-record-soft);
  }
  .stop:hover {
    background: var(--record-soft);
  }
`;
