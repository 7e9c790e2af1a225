import { CallController } from '../client/controller';
import { CallMedia } from '../client/media/callmedia';
import { Socket } from '../client/socket';
import { FakeDevices, FakeTrack, settled } from '../client/testing/fakemedia';
import { FakeNetwork } from '../client/testing/fakesocket';
import { aCall, aWelcome } from '../client/testing/views';
import type { Surroundings } from '../apps/browser';
import { UNCHECKED, type CheckState } from '../client/check/check';
import type { EvaluationState } from '../wire/evaluations';
import { NO_MEDIA, type CallView } from '../wire/view';
import { ACCESSES, aWaveform, BETWEEN, BLOCKED, DISCLOSURES, ERASURES, EXPERTS, HOLDS, INCIDENTS, MISSED, NOTES, NOW, PEOPLE, PLAY, RECEIPTS, RECORDINGS, SIGNS, TODAY, WRITTEN } from './data';
import { evaluationsOf, overtaken, scoredAs, SOUND } from './scored';

/** What the server of a story has. */
export interface Props {
  readonly recordings?: readonly object[];
  readonly experts?: readonly object[];
  readonly demo?: boolean;
  /** The call has its stars. */
  readonly rated?: boolean;
  /** People have reported and blocked each other; so it is, unless told otherwise. */
  readonly incidents?: boolean;
  /** How far the evaluations are; there are none unless told. */
  readonly scored?: EvaluationState;
  /** Another window has changed the draft of an evaluation since. */
  readonly overtaken?: boolean;
  /** Somebody has asked for erasure. */
  readonly filed?: boolean;
  /** Staff sign in with their work account, and this browser has the cookie of one or not. */
  readonly staff?: 'cookie' | 'none';
  /** The language that the server speaks; English else. */
  readonly language?: string;
  /** What a check of the connection finds; all is well else. */
  readonly check?: Partial<CheckState>;
  /** Whether the check passed in this tab before; it did unless a story says otherwise. */
  readonly unchecked?: boolean;
}

/** A connection without a fault. */
const FINE: CheckState = {
  ...UNCHECKED,
  phase: 'done',
  serverMs: 24,
  ways: { udp: 'works', tcp: 'works', 'relay-udp': 'works', 'relay-tcp': 'works', 'relay-tls': 'works' },
  way: 'udp',
  measured: { lost: 0, roundTripMs: 31 },
};

/** The real page on a server, a network and devices that follow a script. */
export class Stage {
  readonly devices = new FakeDevices();
  readonly #network = new FakeNetwork();
  readonly #props: Props;
  readonly #said = new Set<string>();
  /** The language that the server of this stage speaks. */
  language: string;
  #controller: CallController | null = null;

  constructor(props: Props = {}) {
    this.#props = props;
    this.language = props.language ?? '';
  }

  get surroundings(): Surroundings {
    return {
      fetch: async (path, init) => {
        const answer = init.method === 'PUT' && this.#props.overtaken === true ? this.#overtake() : this.#answer(path);
        if (answer.status < 300 && answer.status !== 204) this.#note(await answer.clone().json());
        return answer;
      },
      controller: () => {
        this.#controller = new CallController({
          socket: new Socket({ url: 'ws://story', token: () => 't', open: this.#network.open, random: () => 0.5 }),
          media: new CallMedia({ ...this.devices.config(), createStream: () => new MediaStream(), createMeter: () => ({ read: () => 0.6, silent: () => this.devices.dead, close: () => undefined }) }),
          memory: { load: () => null, save: () => undefined },
          now: Date.now,
        });
        return this.#controller;
      },
      check: () => {
        let passed = this.#props.unchecked !== true;
        const state = { ...FINE, ...this.#props.check };
        return {
          connection: () => ({ state, run: () => Promise.resolve(), stop: () => undefined, close: () => undefined, on: () => () => undefined }),
          allowed: () => Promise.resolve(this.#props.unchecked === true),
          chime: () => Promise.resolve(),
          memory: { passed: () => passed, pass: () => void (passed = true), begun: false },
        };
      },
    };
  }

  get controller(): CallController {
    if (!this.#controller) throw new Error('nobody is signed in on this stage');
    return this.#controller;
  }

  /** Signs in and tells the directory or the presence. */
  welcome(role: string, available = true): void {
    this.#network.latest.opened();
    this.says({ ...aWelcome(null, role), server_time: NOW, language: this.language === '' ? 'en' : this.language });
    if (role === 'member') this.says({ type: 'directory', version: 1, experts: this.#props.experts ?? EXPERTS });
    if (role === 'expert') this.says({ type: 'presence', available, state: available ? 'available' : 'away', wrap_up_until: null, reason: '' });
  }

  view(change: Partial<CallView>): void {
    this.says({ type: 'call', call: aCall({ created_at: '2026-11-22T09:03:05Z', ...change }) });
  }

  /** A call whose sound is up. */
  async talk(change: Partial<CallView> = {}): Promise<void> {
    this.view({ state: 'active', connected_at: '2026-11-22T09:00:07Z', media: { ...NO_MEDIA, you: 'connected', peer: 'connected' }, ...change });
    this.says({ type: 'media.offer', call: 'call-1', generation: 1, sdp: 'v=0' });
    await settled();
    this.devices.peer.becomes('connected');
    this.devices.peer.hears(new FakeTrack());
  }

  says(message: Record<string, unknown>): void {
    this.#note(message);
    this.#network.latest.says(message);
  }

  /** The product's name, who is signed in, and every text that came from the server or a device: names, and what is said in the person's language already. */
  data(): string[] {
    return ['Parley', 'Maya Torres', ...this.#said, ...this.devices.plugged.map((device) => device.label)];
  }

  #note(value: unknown): void {
    if (typeof value === 'string') this.#said.add(value);
    else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) this.#note(part);
  }

  /** What the page has sent to the server. */
  get sent(): readonly object[] {
    return this.#network.latest.sent;
  }

  /** The connection breaks. */
  breaks(code = 1006): void {
    this.#network.latest.ended(code);
  }

  /** Signing out takes the cookie away. */
  #cookie = true;

  #staff(path: string): Response {
    if (path.endsWith('/signout')) this.#cookie = false;
    if (path.endsWith('/signout')) return new Response(null, { status: 204 });
    if (this.#props.staff !== 'cookie' || !this.#cookie) return json({ type: '/problems/unauthenticated', title: 'Not signed in', status: 401, detail: 'Sign in first.' }, 401);
    return json({ token: 'cookie', expires_at: '2999-01-01T00:00:00Z', person: { id: 'oidc:robin', role: 'qa', name: 'Robin' } });
  }

  #overtaken = false;

  #overtake(): Response {
    this.#overtaken = true;
    return json({ type: '/problems/not-as-read', title: 'Changed meanwhile', status: 412, detail: 'Read it again.' }, 412);
  }

  #incidents(path: string): object {
    if (this.#props.incidents === false) return { reports: [], signs: [], blocks: [], next: '' };
    if (path.startsWith('/api/v1/incidents/reports/')) return { ...INCIDENTS[0], text: 'She asked me to pay outside of the platform.' };
    return { reports: INCIDENTS, signs: SIGNS, blocks: BETWEEN, next: path.includes('/blocks') ? 'c' : '' };
  }

  #answer(path: string): Response {
    const recordings = this.#props.recordings ?? RECORDINGS;
    const id = path.split('/').at(4) ?? '';
    if (path === '/api/v1/config') return json({ operator: { name: 'Parley demo', retention_days: 90 }, demo: this.#props.demo ?? true, staff_sign_in: this.#props.staff ? '/api/v1/staff/login' : '' });
    if (path.startsWith('/api/v1/staff/')) return this.#staff(path);
    if (path === '/api/v1/demo/people') return json({ people: PEOPLE });
    if (path.startsWith('/api/v1/recordings?')) return json({ recordings, next: recordings.length > 3 ? 'r4' : '' });
    if (path.startsWith('/api/v1/evaluations?')) return json({ evaluations: this.#props.scored ? evaluationsOf(this.#props.scored) : [], next: '' });
    if (path.includes('/evaluation') && this.#overtaken) return json(overtaken());
    if (path.includes('/evaluation')) return json(scoredAs(this.#props.scored ?? 'draft', this.#props.scored !== undefined));
    if (path.endsWith('/plays')) return json(PLAY);
    if (path === PLAY.peaks_url) return json(aWaveform());
    if (path === PLAY.messages_url) return json({ messages: WRITTEN });
    if (path.endsWith('/accesses')) return json({ accesses: ACCESSES });
    if (path.endsWith('/messages')) return json({ messages: [] });
    if (path.endsWith('/feedback')) return json({ ratable: !this.#props.rated, rating: this.#props.rated ? { stars: 4, sound: null, again: null, comment: '', at: NOW } : null, blocked: false });
    if (path.startsWith('/api/v1/incidents/')) return json(this.#incidents(path));
    if (path.startsWith('/api/v1/calls?')) return json({ calls: TODAY, next: '' });
    if (path.endsWith('/notes')) return json({ notes: NOTES });
    if (path.endsWith('/missed')) return json({ missed: MISSED, next: '' });
    if (path.endsWith('/blocks')) return json({ blocks: BLOCKED });
    if (path.startsWith('/api/v1/erasures?')) return json({ erasures: [ERASURES[0]] });
    if (path.endsWith('/erasures')) return json({ erasures: this.#props.filed ? ERASURES : [] });
    if (path.endsWith('/holds')) return json({ holds: HOLDS });
    if (path.endsWith('/disclosures')) return json({ disclosures: DISCLOSURES });
    if (path.endsWith('/receipts')) return json({ receipts: RECEIPTS });
    return json({ ...RECORDINGS.find((one) => one.id === id), sound: SOUND });
  }
}

function json(body: object, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
}
