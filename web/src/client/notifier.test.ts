import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Notifier } from './notifier';

class Shown extends EventTarget {
  close = vi.fn();
}

const CALL = { id: 'c1', title: 'Maya', body: 'Incoming call' };
let permission: NotificationPermission;
let hidden: boolean;
let shown: Shown[];
const ask = vi.fn(() => Promise.resolve());
const focus = vi.fn();
const show = vi.fn();

function start(): Notifier {
  return new Notifier({ permission: () => permission, ask, show: show as (title: string, options: NotificationOptions) => Shown, hidden: () => hidden, focus });
}

beforeEach(() => {
  permission = 'granted';
  hidden = true;
  shown = [];
  show.mockReset().mockImplementation(() => {
    const one = new Shown();
    shown.push(one);
    return one;
  });
  ask.mockClear();
  focus.mockClear();
});

describe('Notifier', () => {
  it('shows a ringing call once, under one tag for all tabs, until it rings no more', () => {
    const notifier = start();
    notifier.show(CALL);
    notifier.show({ ...CALL });
    expect(show.mock.calls).toEqual([['Maya', { body: 'Incoming call', tag: 'parley-c1', requireInteraction: true }]]);
    notifier.show(null);
    expect(shown[0]!.close).toHaveBeenCalledOnce();
  });

  it('brings the tab up when it is pressed', () => {
    start().show(CALL);
    shown[0]!.dispatchEvent(new Event('click'));
    expect(focus).toHaveBeenCalledOnce();
    expect(shown[0]!.close).toHaveBeenCalledOnce();
  });

  it.each([
    ['denied', true],
    ['default', true],
    ['granted', false],
  ] as const)('shows nothing: permission %s, hidden %s', (now, away) => {
    permission = now;
    hidden = away;
    start().show(CALL);
    expect(show).not.toHaveBeenCalled();
  });

  it('goes on where the browser shows none', () => {
    show.mockImplementation(() => {
      throw new TypeError('Illegal constructor');
    });
    expect(() => start().show(CALL)).not.toThrow();
  });

  it.each([
    ['default', 1],
    ['granted', 0],
    ['denied', 0],
  ] as const)('asks when the answer is %s: %d', (now, times) => {
    permission = now;
    start().prime();
    expect(ask).toHaveBeenCalledTimes(times);
  });
});
