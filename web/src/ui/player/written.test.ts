// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { WRITTEN } from '../../stories/data';
import { WrittenList } from './written';

async function shown(messages: WrittenList['messages']): Promise<WrittenList> {
  const element = new WrittenList();
  element.messages = messages;
  document.body.append(element);
  await element.updateComplete;
  return element;
}

afterEach(() => document.body.replaceChildren());

describe('what was written beside a recording', () => {
  it('is told by side and place, in its order', async () => {
    const rows = [...(await shown(WRITTEN)).shadowRoot!.querySelectorAll('li')].map((row) => row.textContent.replace(/\s+/gu, ' ').trim());
    expect(rows).toEqual([`1:35 Expert: ${WRITTEN[0]!.text}`, '2:08 Member: Thank you, I have it.']);
  });

  it('goes to the place of one, and to the beginning for what was written before', async () => {
    const element = await shown([{ id: 'm0', side: 'member', at_ms: -4000, text: 'before' }, ...WRITTEN]);
    const sought: number[] = [];
    element.addEventListener('seek', (event) => sought.push((event as CustomEvent<number>).detail));
    for (const button of element.shadowRoot!.querySelectorAll('button')) button.click();
    expect(sought).toEqual([0, 95, 128]);
  });

  it('takes no room where there is nothing', async () => {
    expect((await shown([])).shadowRoot!.childElementCount).toBe(0);
  });
});
