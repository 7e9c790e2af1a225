// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Api } from '../client/api';
import { RECEIPTS } from '../stories/data';
import { Receipts } from './receipts';

async function show(receipts: readonly object[]): Promise<{ element: Receipts; asked: string[] }> {
  const asked: string[] = [];
  const fetch = (path: string): Promise<Response> => {
    asked.push(path);
    return Promise.resolve(new Response(path.endsWith('/receipts') ? JSON.stringify({ receipts }) : 'signed'));
  };
  const element = new Receipts();
  element.api = new Api({ fetch, token: () => 'secret' });
  element.call = 'call-1';
  document.body.append(element);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  await new Promise((done) => setTimeout(done));
  await element.updateComplete;
  return { element, asked };
}

const buttons = (element: Receipts): HTMLButtonElement[] => [...element.shadowRoot!.querySelectorAll<HTMLButtonElement>('[data-testid="receipt"]')];

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

describe('the receipts of a call', () => {
  it('shows what was said when, each with a name for screen readers', async () => {
    const { element } = await show(RECEIPTS);
    expect(buttons(element).map((b) => b.dataset.answer)).toEqual(['yes', 'withdrawn']);
    const text = element.shadowRoot!.textContent;
    expect(text).toContain('You said yes to the recording');
    expect(text).toContain('You stopped the recording');
    expect(buttons(element)[1]?.getAttribute('aria-label')).toContain('You stopped the recording');
  });

  it('saves the file that the server signed, under the name that it gave', async () => {
    const { element, asked } = await show(RECEIPTS);
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(this.download);
    });
    vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');
    buttons(element)[1]?.click();
    await vi.waitFor(() => expect(saved).toEqual(['parley-receipt-2026-11-22-0902-19.json']));
    expect(asked.at(-1)).toBe('/api/v1/calls/call-1/receipts/19');
  });

  it('shows nothing while there is none', async () => {
    const { element } = await show([]);
    expect(element.shadowRoot!.querySelector('section')).toBeNull();
  });
});
