const FOCUSABLE = 'button, a[href], input, select, textarea, summary, [tabindex="0"]';

/** What can be reached by Tab inside a root, in order; closed disclosures hide theirs. */
export function focusables(root: ParentNode): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((element) => {
    if (element.matches(':disabled') || element.closest('[hidden]') !== null) return false;
    const closed = element.closest('details:not([open])');
    return closed === null || element.parentElement === closed;
  });
}

/** The next stop of a ring: after the last comes the first. From outside it starts at an end. */
export function nextInRing<T>(ring: readonly T[], current: T | null, backwards: boolean): T | undefined {
  const at = current === null ? -1 : ring.indexOf(current);
  if (at < 0) return backwards ? ring.at(-1) : ring[0];
  return ring[(at + (backwards ? ring.length - 1 : 1)) % ring.length];
}

/** The focused element, looked for through open shadow roots. */
export function deepActive(from: DocumentOrShadowRoot = document): Element | null {
  let active = from.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}
