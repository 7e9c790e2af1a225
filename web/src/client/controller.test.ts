import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { visibleQuestion } from './state';
import { FakeStream, settled } from './testing/fakemedia';
import { EARLY, Tab } from './testing/tab';
import { aCall, aQuestion } from './testing/views';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('starting a call', () => {
  it('turns the microphone on before it rings', async () => {
    const tab = new Tab();
    const calling = tab.controller.call('dr-lee');
    expect(tab.state.starting).toBe('dr-lee');
    expect(tab.sent()).toEqual([]);
    await calling;
    expect(tab.sent()).toEqual(['call.start']);
    tab.view({ state: 'ringing' });
    expect(tab.state.starting).toBeNull();
    expect(tab.state.clockSkewMs).toBe(60_000);
  });

  it('does not ring without a microphone', async () => {
    const tab = new Tab();
    tab.devices.ask = () => Promise.reject(Object.assign(new Error('no'), { name: 'NotAllowedError' }));
    await tab.controller.call('dr-lee');
    expect(tab.sent()).toEqual([]);
    expect(tab.state.media.microphone).toEqual({ kind: 'fault', fault: 'denied' });
    expect(tab.state.starting).toBeNull();
  });

  it('lets the microphone go when the server refuses', async () => {
    const tab = new Tab();
    await tab.controller.call('dr-lee');
    const ref = tab.server.sent.at(-1)?.ref;
    tab.server.says({ type: 'error', ref, problem: { type: 'x', title: 'Busy', status: 409, detail: 'In a call.' } });
    expect(tab.state.problem?.detail).toBe('In a call.');
    expect(tab.devices.capturing).toBe(false);
    expect(tab.state.starting).toBeNull();
  });

  it('does not tell of refusals that nobody asked for', () => {
    const tab = new Tab();
    tab.server.says({ type: 'error', problem: { type: 'x', title: 'Late candidate', status: 409 } });
    expect(tab.state.problem).toBeNull();
  });
});

describe('leaving a call stops the microphone', () => {
  const ways: [name: string, leave: (tab: Tab) => void][] = [
    ['by hanging up', (tab) => tab.controller.hangup()],
    ['when the other hangs up', (tab) => tab.view({ state: 'ended', end_reason: 'completed' })],
    ['when another tab takes over', (tab) => tab.view({ state: 'active', here: false })],
    ['when it ended while the socket was away', (tab) => tab.comeBack(null)],
    ['when the token runs out', (tab) => tab.server.ended(4001)],
    ['when the page closes it', (tab) => tab.controller.close()],
  ];
  it.each(ways)('%s', async (_name, leave) => {
    const tab = await Tab.talking();
    expect(tab.devices.capturing).toBe(true);
    leave(tab);
    expect(tab.devices.capturing).toBe(false);
    expect(tab.devices.peer.closed).toBe(true);
    expect(tab.state.media.microphone.kind).toBe('off');
    expect(tab.remembered).toBeNull();
  });
});

describe('hanging up', () => {
  it('ends the call here at once and ignores views that are late', async () => {
    const tab = await Tab.talking();
    tab.controller.hangup();
    expect(tab.sent().at(-1)).toBe('call.hangup');
    expect(tab.state.call).toMatchObject({ state: 'ended', ended_at: '2026-11-22T09:00:00.000Z' });
    tab.view({ state: 'active' });
    expect(tab.state.call?.state).toBe('ended');
    tab.view({ state: 'ended', end_reason: 'completed', ended_at: '2026-11-22T09:05:00Z' });
    expect(tab.state.call?.ended_at).toBe('2026-11-22T09:05:00Z');
  });

  it('leaves for good: what the server says later brings the call back no more', async () => {
    const tab = await Tab.talking();
    tab.controller.hangup();
    tab.controller.dismissCall();
    tab.view({ state: 'ended', end_reason: 'completed', ended_at: '2026-11-22T09:05:00Z' });
    expect(tab.state.call).toBeNull();
  });

  it('is said again when the connection was away', async () => {
    const tab = await Tab.talking();
    tab.server.ended(1006);
    tab.controller.hangup();
    vi.advanceTimersByTime(10_000);
    tab.welcome(aCall({ state: 'active' }));
    expect(tab.sent()).toEqual(['call.hangup']);
    expect(tab.devices.capturing).toBe(false);
  });
});

describe('coming back', () => {
  it('leaves sound that still flows alone', async () => {
    const tab = await Tab.talking();
    tab.comeBack(aCall({ state: 'active', here: true }));
    expect(tab.sent()).toEqual([]);
    expect(tab.devices.capturing).toBe(true);
  });

  it('restarts the connection when the network it went over is gone, and leaves it alone when it is not', async () => {
    const tab = await Tab.talking();
    tab.controller.networkChanged(false);
    tab.controller.networkChanged(true);
    tab.welcome(aCall({ state: 'active', here: true }));
    expect(tab.sent()).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(tab.sent(), 'packets still arrive').toEqual([]);
    tab.devices.peer.quiet = true;
    await vi.advanceTimersByTimeAsync(900);
    expect(tab.sent()).toEqual(['ping', 'media.restart']);
    expect(tab.state).toMatchObject({ media: { link: 'lost' }, soundLostAtMs: EARLY, soundRetryAtMs: EARLY + 2_500 });
    expect(tab.devices.peer.closed).toBe(false);
  });

  it('asks again for what a dead socket has swallowed', async () => {
    const tab = await Tab.talking();
    tab.server.ended(1006);
    tab.devices.peer.becomes('failed');
    vi.advanceTimersByTime(10_000);
    tab.welcome(aCall({ state: 'active', here: true }));
    expect(tab.sent()).toEqual(['media.restart']);
  });

  it('asks for a new connection at once when the server cannot restart the old one', async () => {
    const tab = await Tab.talking();
    tab.devices.peer.becomes('failed');
    const ref = tab.server.sent.at(-1)?.ref;
    tab.server.says({ type: 'error', ref, problem: { type: '/problems/stale-media', title: 'Old connection', status: 409 } });
    expect(tab.sent().slice(-2)).toEqual(['media.restart', 'media.join']);
    expect(tab.state.problem, 'no news for the person').toBeNull();
  });

  it('joins again when the server no longer has this tab’s sound', async () => {
    const tab = await Tab.talking();
    tab.comeBack(aCall({ state: 'active', here: false }));
    expect(tab.sent()).toEqual(['media.join']);
    tab.offer(2);
    await settled();
    expect(tab.devices.peers.map((peer) => peer.closed)).toEqual([true, false]);
  });

  it('joins again after a reload of the tab that had the sound', () => {
    expect(new Tab(aCall({ state: 'active', here: false }), 'member', 'call-1').sent()).toEqual(['media.join']);
    expect(new Tab(aCall({ state: 'active', here: false }), 'member', null).sent(), 'another tab').toEqual([]);
  });

  it('looks after the socket as soon as the sound is in doubt', async () => {
    const tab = await Tab.talking();
    tab.devices.peer.becomes('disconnected');
    expect(tab.sent().at(-1)).toBe('ping');
    const dead = tab.server;
    vi.advanceTimersByTime(1_000);
    expect(tab.server).not.toBe(dead);
    expect(dead.closed).toBe(true);
    tab.welcome(aCall({ state: 'active', here: true }));
    expect(tab.sent(), 'said once more, to who hears it').toEqual(['media.restart']);
  });
});

describe('muting', () => {
  const muted = (tab: Tab): unknown[] => tab.server.sent.filter((m) => m.type === 'media.mute').map((m) => 'muted' in m && m.muted);

  it('is told to the server, and told again for new sound', async () => {
    const tab = await Tab.talking();
    tab.view({ state: 'active', here: true });
    tab.controller.setMuted(true);
    tab.controller.setMuted(false);
    tab.controller.setMuted(true);
    expect(muted(tab), 'on the way').toEqual([true, false, true]);
    tab.offer(2);
    expect(muted(tab), 'with new sound').toEqual([true, false, true, true]);
  });

  it('is told after a connection was away', async () => {
    const tab = await Tab.talking();
    tab.view({ state: 'active', here: true });
    tab.server.ended(1006);
    tab.controller.setMuted(true);
    vi.advanceTimersByTime(10_000);
    tab.welcome(aCall({ state: 'active', here: true }));
    expect(muted(tab)).toEqual([true]);
  });
});

describe('the recording question', () => {
  const asked = { state: 'connecting', consent: { question: aQuestion(), answer: 'none', waiting_for_peer: false, peer_answer: '', before: '', summary: '' } } as const;

  it('is reported as shown once for each wording', () => {
    const tab = new Tab(aCall(asked));
    tab.controller.shown('a1');
    tab.controller.shown('a1');
    tab.controller.shown('unknown');
    expect(tab.sent()).toEqual(['consent.shown']);
  });

  it('goes away with the answer, and comes back when the server refuses it', () => {
    const tab = new Tab(aCall(asked));
    tab.controller.answer('a1', 'yes');
    expect(visibleQuestion(tab.state)).toBeNull();
    expect(tab.server.sent.at(-1)).toMatchObject({ type: 'consent.answer', call: 'call-1', hash: 'a1', answer: 'yes' });
    const ref = tab.server.sent.at(-1)?.ref;
    tab.server.says({ type: 'error', ref, problem: { type: 'x', title: 'Old wording', status: 409 } });
    expect(visibleQuestion(tab.state)?.hash).toBe('a1');
  });

  it('comes again with a new wording', () => {
    const tab = new Tab(aCall(asked));
    tab.controller.answer('a1', 'yes');
    tab.view({ ...asked, consent: { ...asked.consent, question: aQuestion({ hash: 'b2' }) } });
    expect(visibleQuestion(tab.state)?.hash).toBe('b2');
  });

  it('repeats an answer that got lost with the connection', () => {
    const tab = new Tab(aCall(asked));
    tab.controller.answer('a1', 'no');
    tab.comeBack(aCall(asked));
    expect(tab.sent()).toEqual(['consent.answer']);
    expect(visibleQuestion(tab.state)).toBeNull();
  });

  it('repeats a withdrawal while the recording still runs', async () => {
    const tab = await Tab.talking();
    const recording = { state: 'recording', since: '2026-11-22T09:00:00Z', text: 'Recording', id: 'r', hint: '', paused: false, remind_at: null } as const;
    tab.view({ state: 'active', recording });
    tab.controller.withdraw();
    tab.comeBack(aCall({ state: 'active', recording }));
    expect(tab.sent()).toEqual(['consent.withdraw']);
    tab.comeBack(aCall({ state: 'active', recording: { ...recording, state: 'stopped' } }));
    expect(tab.sent()).toEqual([]);
  });
});

describe('the pause for card details', () => {
  const talking = { state: 'active', role: 'expert' } as const;
  const running = { ...aCall().recording, state: 'recording' } as const;

  it('is repeated when it got lost with the connection, but a resume never is', () => {
    const tab = new Tab(aCall({ ...talking, recording: running }), 'expert');
    tab.controller.pause();
    tab.comeBack(aCall({ ...talking, recording: running }));
    expect(tab.sent()).toEqual(['recording.pause']);
    tab.comeBack(aCall({ ...talking, recording: { ...running, state: 'paused', paused: true } }));
    expect(tab.sent()).toEqual([]);
    tab.controller.resume();
    expect(tab.sent()).toEqual(['recording.resume']);
    tab.comeBack(aCall({ ...talking, recording: { ...running, state: 'paused', paused: true } }));
    expect(tab.sent()).toEqual([]);
  });
});

describe('an expert', () => {
  const ringing = aCall({ role: 'expert', here: false });

  it('tries the microphone before being available, and lets it go', async () => {
    const tab = new Tab(null, 'expert');
    await tab.controller.setAvailable(true);
    expect(tab.server.sent.at(-1)).toMatchObject({ type: 'presence.set', available: true });
    expect(tab.devices.microphones).toHaveLength(1);
    expect(tab.devices.capturing).toBe(false);
  });

  it('is not made available without a microphone', async () => {
    const tab = new Tab(null, 'expert');
    tab.devices.ask = () => Promise.reject(new Error('no'));
    await tab.controller.setAvailable(true);
    expect(tab.sent()).toEqual([]);
  });

  it('accepts with the microphone on', async () => {
    const tab = new Tab(ringing, 'expert');
    await tab.controller.accept();
    expect(tab.sent()).toEqual(['media.warm', 'call.accept']);
    expect(tab.devices.capturing).toBe(true);
  });

  it('lets the microphone go when the caller gave up meanwhile', async () => {
    const tab = new Tab(ringing, 'expert');
    let allow: (stream: FakeStream) => void = () => undefined;
    tab.devices.ask = () => new Promise((resolve) => (allow = resolve));
    const accepting = tab.controller.accept();
    tab.view({ role: 'expert', here: false, state: 'ended', end_reason: 'cancelled' });
    allow(new FakeStream());
    await accepting;
    expect(tab.sent()).toEqual(['media.warm']);
    expect(tab.devices.capturing).toBe(false);
    expect(tab.state.call?.end_reason, 'the missed call is shown').toBe('cancelled');
  });

  it('sees nothing more of a call that was declined or taken elsewhere', () => {
    const declined = new Tab(ringing, 'expert');
    declined.controller.decline();
    declined.view({ role: 'expert', here: false, state: 'ended', end_reason: 'declined' });
    expect(declined.state.call).toBeNull();
    const elsewhere = new Tab(ringing, 'expert');
    elsewhere.view({ role: 'expert', here: false, state: 'active' });
    elsewhere.view({ role: 'expert', here: false, state: 'ended', end_reason: 'completed' });
    expect(elsewhere.state.call).toBeNull();
  });
});

it('keeps experts who are available first', () => {
  const tab = new Tab();
  const expert = (id: string, state: string): object => ({ id, name: id, headline: '', languages: [], state });
  tab.server.says({
    type: 'directory',
    version: 1,
    experts: [expert('a', 'away'), expert('b', 'busy'), expert('d', 'available'), expert('c', 'available')],
  });
  expect(tab.state.experts?.map((e) => e.id)).toEqual(['c', 'd', 'b', 'a']);
});
