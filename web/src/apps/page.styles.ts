import { css } from 'lit';

/** A page of a role: one column of readable width, or two panes where there is room. */
export const pageStyles = css`
  .page {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--gap-5);
    inline-size: min(100%, 68rem);
    margin-inline: auto;
    padding: var(--gap-5) var(--gap-4) var(--gap-8);
  }
  .page.narrow {
    inline-size: min(100%, 46rem);
  }
  .title {
    display: grid;
    gap: var(--gap-1);
  }
  .pane {
    padding: var(--gap-2);
  }
  .pane > h2 {
    padding: var(--gap-3) var(--gap-4);
  }
`;
