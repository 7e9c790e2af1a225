// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CallController } from '../client/controller';
import { CallMedia, MEDIA_OFF } from '../client/media/callmedia';
import { Socket } from '../client/socket';
import { START } from '../client/state';
import { FakeDevices } from '../client/testing/fakemedia';
import { FakeNetwork } from '../client/testing/fakesocket';
import { aWelcome } from '../client/testing/views';
import { isReconnecting, Reconnecting } from './reconnecting';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

it('counts down to the next try, and says what helps when it takes long', async () => {
  const network = new FakeNetwork();
  const socket = new Socket({ url: 'ws://x', token: () => 't', open: network.open, random: () => 0.999 });
  const calls = new CallController({ socket, media: new CallMedia(new FakeDevices().config()), memory: { load: () => null, save: () => undefined }, now: Date.now });
  const banner = new Reconnecting();
  calls.on('change', (state) => (banner.session = state));
  calls.start();
  network.latest.opened();
  network.latest.says(aWelcome());
  network.latest.ended(1006);
  document.body.append(banner);
  const told = async (): Promise<string[]> => {
    await banner.updateComplete;
    const notice = banner.shadowRoot!.querySelector('parley-notice')!;
    return [notice.getAttribute('detail')!, notice.textContent.trim()];
  };
  expect((await told())[1]).toBe('Next try in 1 s');
  expect((await told())[0]).toContain('Nothing on this page is lost');
  for (let tries = 0; tries < 4; tries++) {
    vi.advanceTimersByTime(3_000);
    network.latest.ended(1006);
  }
  vi.advanceTimersByTime(1_000);
  const [detail, next] = await told();
  expect(detail).toContain('Wi-Fi');
  expect(next).toMatch(/^Next try in [2-8] s$/);
  calls.close();
});

it('tells of sound that is made again, and after 10 s what is tried', async () => {
  const now = Date.now();
  const banner = new Reconnecting();
  banner.session = { ...START, connection: 'online', media: { ...MEDIA_OFF, link: 'lost' }, soundLostAtMs: now, soundRetryAtMs: now + 2_500 };
  expect(isReconnecting(banner.session)).toBe(true);
  document.body.append(banner);
  await banner.updateComplete;
  const notice = banner.shadowRoot!.querySelector('parley-notice')!;
  expect(notice.getAttribute('heading')).toBe('The sound is being reconnected…');
  expect(notice.textContent.trim()).toBe('Next try in 3 s');
  banner.session = { ...banner.session, soundLostAtMs: now - 11_000 };
  await banner.updateComplete;
  expect(notice.getAttribute('detail')).toContain('a new connection is tried');
  expect(isReconnecting({ ...banner.session, media: { ...MEDIA_OFF, link: 'connected' } })).toBe(false);
});
