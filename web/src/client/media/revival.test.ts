import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Scope } from '../../lib/scope';
import { astray, BEAT_MS, received, Revival } from './revival';

class Line {
  readonly done: string[] = [];
  readonly scope = new Scope();
  count = 0;
  readonly revival = new Revival(this.scope, {
    doubt: () => this.done.push('doubt'),
    link: (up) => this.done.push(up ? 'up' : 'down'),
    restart: () => this.done.push('restart'),
    join: () => this.done.push('join'),
    retry: () => undefined,
  });

  constructor() {
    this.revival.become('connecting');
    this.revival.become('connected');
    this.flows(BEAT_MS);
    this.done.length = 0;
  }

  /** Packets arrive for so long. */
  flows(ms: number): void {
    this.#passes(ms, 1);
  }

  /** Packets arrive for so long, and what is sent takes a way that the server has left. */
  flowsAstray(ms: number): void {
    this.#passes(ms, 1, true);
  }

  /** Nothing arrives for so long. */
  quiet(ms: number): void {
    this.#passes(ms, 0);
  }

  #passes(ms: number, packets: number, astray = false): void {
    for (let passed = 0; passed < ms; passed += BEAT_MS) {
      vi.advanceTimersByTime(BEAT_MS);
      this.revival.beat((this.count += packets), astray);
    }
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a connection that carries nothing any more', () => {
  it('is left alone while packets arrive, and through short breaks', () => {
    const line = new Line();
    line.flows(60_000);
    line.quiet(600);
    line.revival.become('disconnected');
    vi.advanceTimersByTime(900);
    line.revival.become('connected');
    line.flows(10_000);
    expect(line.done.filter((what) => what !== 'doubt')).toEqual([]);
  });

  it('is doubted, then restarted, and is up with the first packet', () => {
    const line = new Line();
    line.quiet(500);
    expect(line.done).toEqual(['doubt']);
    line.quiet(500);
    expect(line.done).toEqual(['doubt', 'down', 'restart']);
    line.revival.offered();
    line.flows(300);
    expect(line.done).toEqual(['doubt', 'down', 'restart', 'up']);
    line.flows(60_000);
    expect(line.done).toHaveLength(4);
  });

  it('is restarted sooner when the network has just changed, and not later', () => {
    const line = new Line();
    line.revival.networkChanged();
    line.quiet(500);
    expect(line.done).toEqual(['doubt', 'down', 'restart']);
    const other = new Line();
    other.revival.networkChanged();
    other.flows(6_000);
    other.quiet(750);
    expect(other.done).toEqual(['doubt']);
  });

  it('is restarted a second after ICE misses it, and at once when ICE gives up', () => {
    const line = new Line();
    line.revival.become('disconnected');
    vi.advanceTimersByTime(999);
    expect(line.done).toEqual(['doubt']);
    vi.advanceTimersByTime(1);
    expect(line.done).toEqual(['doubt', 'down', 'restart']);
    const other = new Line();
    other.revival.become('failed');
    expect(other.done).toEqual(['doubt', 'down', 'restart']);
  });

  it('is replaced by a new one, asked for again and again, when the restart brings nothing', () => {
    const line = new Line();
    line.revival.become('failed');
    line.revival.offered();
    line.done.length = 0;
    vi.advanceTimersByTime(2_499);
    expect(line.done).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(line.done).toEqual(['join']);
    vi.advanceTimersByTime(10_000);
    expect(line.done).toEqual(['join', 'join', 'join']);
  });

  it('is replaced when it hears again and is not heard, and not before', () => {
    const line = new Line();
    line.quiet(1_000);
    line.revival.offered();
    line.done.length = 0;
    line.flowsAstray(500);
    expect(line.done, 'the browser may change over yet').toEqual([]);
    line.flows(BEAT_MS);
    expect(line.done).toEqual(['up']);
    line.flowsAstray(750);
    expect(line.done).toEqual(['up', 'down', 'join']);
    line.flowsAstray(5_000);
    expect(line.done).toEqual(['up', 'down', 'join', 'join']);
    line.flows(BEAT_MS);
    expect(line.done.at(-1)).toBe('up');
  });

  it('is replaced at once when the server cannot restart it', () => {
    const line = new Line();
    line.revival.refused();
    expect(line.done, 'nothing was asked').toEqual([]);
    line.revival.become('failed');
    line.revival.refused();
    expect(line.done).toEqual(['doubt', 'down', 'restart', 'join']);
  });

  it('is asked about again when the socket is back, unless the server has answered', () => {
    const line = new Line();
    line.revival.become('failed');
    line.done.length = 0;
    vi.advanceTimersByTime(20_000); // all of it went into a dead socket
    line.done.length = 0;
    expect(line.revival.again()).toBe(true);
    expect(line.done).toEqual(['restart']);
    line.revival.offered();
    expect(line.revival.again()).toBe(true);
    expect(line.done).toEqual(['restart']);
  });

  it('is restarted when the socket had to be opened anew and nothing has arrived either', () => {
    const line = new Line();
    expect(line.revival.again(), 'the socket alone was lost').toBe(true);
    expect(line.done).toEqual([]);
    line.quiet(500);
    expect(line.revival.again()).toBe(true);
    expect(line.done).toEqual(['doubt', 'down', 'restart']);
  });

  it('is not revived before it was made', () => {
    const revival = new Revival(new Scope(), { doubt: vi.fn(), link: vi.fn(), restart: vi.fn(), join: vi.fn(), retry: vi.fn() });
    expect(revival.again()).toBe(false);
    revival.become('connecting');
    expect(revival.again()).toBe(false);
  });
});

it('knows a way of before the newest offer', () => {
  const report = [
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P2' },
    { id: 'P1', type: 'candidate-pair', remoteCandidateId: 'R1' },
    { id: 'P2', type: 'candidate-pair', remoteCandidateId: 'R2' },
    { id: 'R1', type: 'remote-candidate', usernameFragment: 'former' },
    { id: 'R2', type: 'remote-candidate', usernameFragment: 'newest' },
  ];
  expect(astray(report, 'newest')).toBe(false);
  expect(astray(report, 'newer')).toBe(true);
  expect(astray([{ id: 'P', type: 'candidate-pair', remoteCandidateId: 'R' }, { id: 'R', type: 'remote-candidate' }], 'newest'), 'Firefox').toBe(false);
});

it('counts whatever a browser says has arrived', () => {
  const chromium = [
    { type: 'transport', packetsReceived: 5 },
    { type: 'candidate-pair', requestsReceived: 1, responsesReceived: 2, bytesReceived: 100 },
    { type: 'outbound-rtp', packetsReceived: 1000 },
  ];
  const firefox = [{ type: 'inbound-rtp', packetsReceived: 3 }, { type: 'candidate-pair', bytesReceived: 50 }];
  expect(received(chromium)).toBe(108);
  expect(received(firefox)).toBe(53);
});
