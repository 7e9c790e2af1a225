/** Follows a path of selectors through open shadow roots. */
export function deep(root: ShadowRoot, ...path: string[]): HTMLElement | null {
  let at: ParentNode | null = root;
  let found: HTMLElement | null = null;
  for (const selector of path) {
    found = at?.querySelector<HTMLElement>(selector) ?? null;
    at = found?.shadowRoot ?? found;
  }
  return found;
}

export function click(root: ShadowRoot, ...path: string[]): void {
  deep(root, ...path)?.click();
}

export function type(root: ShadowRoot, text: string, ...path: string[]): void {
  const field = deep(root, ...path);
  if (!(field instanceof HTMLInputElement)) return;
  field.value = text;
  field.dispatchEvent(new Event('input'));
}

/** The first evaluation of a list, with its answers. */
export function opened(root: ShadowRoot, page: string): void {
  click(root, page, 'parley-evaluations', 'summary');
  deep(root, page, 'parley-evaluations')?.scrollIntoView();
}
