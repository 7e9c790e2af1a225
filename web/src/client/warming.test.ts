import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeTrack, settled } from './testing/fakemedia';
import { Tab } from './testing/tab';
import { aCall } from './testing/views';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a tab in which a call rings', () => {
  const ringing = aCall({ role: 'expert', here: false });

  it('has the connection up before the accept, and the microphone off', async () => {
    const tab = new Tab(ringing, 'expert');
    tab.offer(1, true);
    await settled();
    expect(tab.sent()).toEqual(['media.warm', 'media.answer']);
    tab.devices.peer.hears(new FakeTrack());
    tab.devices.peer.becomes('connected');
    expect(tab.devices.microphones, 'microphones that were opened').toHaveLength(0);
    expect(tab.devices.peer.sender.track).toBeNull();
    expect(tab.devices.openMeters.size, 'what is listened to').toBe(0);
    expect(tab.state.media.link, 'the link of no call').toBe('none');
    await tab.controller.accept();
    expect(tab.devices.peer.sender.track, 'sent before the server has taken it').toBeNull();
    tab.view({ role: 'expert', state: 'connecting', here: true });
    await settled();
    expect(tab.devices.peers).toHaveLength(1);
    expect(tab.devices.peer.sender.track).toBe(tab.devices.microphones[0]!.tracks[0]);
    expect(tab.state.media.link).toBe('connected');
    expect(tab.remembered).toBe('call-1');
    expect(tab.sent()).toEqual(['media.warm', 'media.answer', 'call.accept']);
  });

  it('takes another connection where the server offers one at the accept', async () => {
    const tab = new Tab(ringing, 'expert');
    tab.offer(1, true);
    await tab.controller.accept();
    tab.offer(2);
    tab.view({ role: 'expert', state: 'connecting', here: true });
    await settled();
    expect(tab.devices.peers.map((peer) => peer.closed)).toEqual([true, false]);
    expect(tab.devices.peer.sender.track).toBe(tab.devices.microphones[0]!.tracks[0]);
    expect(tab.sent()).not.toContain('media.join');
  });

  it('asks for another connection when the one that was taken is gone here', async () => {
    const tab = new Tab(ringing, 'expert');
    tab.offer(1, true);
    await tab.controller.accept();
    tab.media.cool();
    tab.view({ role: 'expert', state: 'connecting', here: true });
    expect(tab.sent().at(-1)).toBe('media.join');
  });

  it('keeps its connection, or asks anew, when the socket comes back', async () => {
    const tab = new Tab(ringing, 'expert');
    tab.comeBack(ringing);
    expect(tab.sent(), 'the offer got lost').toEqual(['media.warm']);
    tab.offer(2, true);
    await settled();
    tab.comeBack(ringing);
    expect(tab.sent(), 'it is there').toEqual([]);
    tab.comeBack(aCall({ role: 'expert', state: 'connecting' }));
    expect(tab.media.call, 'the call that is taken').toBe('call-1');
    expect(tab.devices.peers).toHaveLength(1);
  });

  const ends: [name: string, end: (tab: Tab) => void][] = [
    ['declined here', (tab) => tab.controller.decline()],
    ['cancelled', (tab) => tab.view({ role: 'expert', here: false, state: 'ended', end_reason: 'cancelled' })],
    ['taken in another tab', (tab) => tab.view({ role: 'expert', here: false, state: 'connecting' })],
    ['taken while the socket was away', (tab) => tab.comeBack(aCall({ role: 'expert', state: 'active', here: false }))],
    ['over while the socket was away', (tab) => tab.comeBack(null)],
    ['left with the page', (tab) => tab.controller.close()],
  ];
  it.each(ends)('closes the warm connection of a call that is %s', async (_name, end) => {
    const tab = new Tab(ringing, 'expert');
    tab.offer(1, true);
    await settled();
    expect(tab.devices.peer.closed).toBe(false);
    end(tab);
    expect(tab.devices.peer.closed).toBe(true);
    expect(tab.devices.microphones).toHaveLength(0);
  });
});
