import { afterEach, expect, it, vi } from 'vitest';
import { Scope } from '../lib/scope';
import { watchNetwork } from './network';

afterEach(() => void vi.unstubAllGlobals());

it('tells of another kind of network, and not of estimates', () => {
  const connection = Object.assign(new EventTarget(), { type: 'wifi' });
  vi.stubGlobal('navigator', { connection });
  const changed = vi.fn();
  const scope = new Scope();
  watchNetwork(scope, changed);
  connection.dispatchEvent(new Event('change'));
  expect(changed).not.toHaveBeenCalled();
  connection.type = 'cellular';
  connection.dispatchEvent(new Event('change'));
  expect(changed).toHaveBeenCalledTimes(1);
  scope.close();
  connection.type = 'wifi';
  connection.dispatchEvent(new Event('change'));
  expect(changed).toHaveBeenCalledTimes(1);
});

it('does without where the browser does not tell', () => {
  vi.stubGlobal('navigator', {});
  expect(() => watchNetwork(new Scope(), vi.fn())).not.toThrow();
});
