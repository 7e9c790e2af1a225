import { css } from 'lit';

/** Forms of one column: a label above its field, the button at the start. */
export const formStyles = css`
  label {
    display: grid;
    gap: var(--gap-1);
    inline-size: 100%;
  }
  form > .button {
    justify-self: start;
  }
`;
