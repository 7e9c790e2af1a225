import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Emitter } from './emitter';
import { keep } from './keep';
import { Scope } from './scope';

class Bell extends Emitter<{ ring: number }> {
  ring(times: number): void {
    this.emit('ring', times);
  }
}

describe('Emitter', () => {
  it('stops calling a listener that left', () => {
    const bell = new Bell();
    const got: number[] = [];
    const leave = bell.on('ring', (n) => got.push(n));
    bell.ring(1);
    leave();
    bell.ring(2);
    expect(got).toEqual([1]);
  });

  it('calls the others when one throws, then throws', () => {
    const bell = new Bell();
    const got: number[] = [];
    bell.on('ring', () => {
      throw new Error('broken');
    });
    bell.on('ring', (n) => got.push(n));
    expect(() => bell.ring(1)).toThrow('broken');
    expect(got).toEqual([1]);
  });
});

describe('Scope', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('ends in reverse order, once', () => {
    const scope = new Scope();
    const got: string[] = [];
    scope.defer(() => got.push('first'));
    scope.defer(() => got.push('second'));
    scope.close();
    scope.close();
    expect(got).toEqual(['second', 'first']);
  });

  it('ends at once what comes after the close', () => {
    const scope = new Scope();
    scope.close();
    const end = vi.fn();
    scope.defer(end);
    const run = vi.fn();
    scope.timeout(10, run);
    scope.interval(10, run);
    vi.advanceTimersByTime(100);
    expect(end).toHaveBeenCalledOnce();
    expect(run).not.toHaveBeenCalled();
  });

  it('runs timers while open and forgets them when closed', () => {
    const scope = new Scope();
    const once = vi.fn();
    const often = vi.fn();
    scope.timeout(10, once);
    scope.interval(10, often);
    vi.advanceTimersByTime(35);
    scope.close();
    vi.advanceTimersByTime(100);
    expect(once).toHaveBeenCalledTimes(1);
    expect(often).toHaveBeenCalledTimes(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('removes listeners', () => {
    const scope = new Scope();
    const target = new EventTarget();
    const heard = vi.fn();
    scope.listen(target, 'ping', heard);
    target.dispatchEvent(new Event('ping'));
    scope.close();
    target.dispatchEvent(new Event('ping'));
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('closes children with the parent, and leaves the parent open when a child closes', () => {
    const scope = new Scope();
    const early = scope.child();
    early.close();
    expect(scope.isClosed()).toBe(false);
    const late = scope.child();
    scope.close();
    expect(late.isClosed()).toBe(true);
  });
});

describe('keep', () => {
  it('is the storage of the page, or a memory where that is forbidden', () => {
    const real = new Map<string, string>();
    const storage = { getItem: (key: string) => real.get(key) ?? null, setItem: (key: string, value: string) => void real.set(key, value), removeItem: (key: string) => void real.delete(key) };
    keep(() => storage).setItem('a', '1');
    expect(real.get('a')).toBe('1');
    const forbidden = keep(() => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    });
    expect(forbidden.getItem('a')).toBeNull();
    forbidden.setItem('a', '2');
    expect(forbidden.getItem('a')).toBe('2');
    forbidden.removeItem('a');
    expect(forbidden.getItem('a')).toBeNull();
  });
});
