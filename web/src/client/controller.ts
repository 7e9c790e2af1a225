import { Emitter } from '../lib/emitter';
import { Scope } from '../lib/scope';
import type { ClientMessage } from '../wire/client';
import type { MediaOffer, Problem, ServerMessage } from '../wire/server';
import type { Answer, CallView, EndReason } from '../wire/view';
import { RESTART, type AudioSink, type CallMedia, type MediaState } from './media/callmedia';
import type { ControllerConfig, ControllerEvents, CallMemory, Leaving } from './controllerconfig';
import { localProblem } from './problem';
import { Delay } from './delay';
import type { Socket } from './socket';
import { endedHere, openQuestion, receive, START, type SessionState } from './state';
import { Undo } from './undo';
import { Warming } from './warming';

const OFFLINE = localProblem('waiting', 'No connection right now', 'The connection is being made again. Please try once more in a moment.');
const NO_SOUND = localProblem('no-sound', 'The sound could not be set up', 'Your browser did not take the connection. Reload the page to try again; the call goes on meanwhile.');

/**
 * Joins the socket and the sound into the state of one person's session, and turns what the person
 * does into messages. It owns both and ends them in `close`.
 */
export class CallController extends Emitter<ControllerEvents> {
  readonly #socket: Socket;
  readonly #media: CallMedia;
  readonly #memory: CallMemory;
  readonly #now: () => number;
  readonly #scope = new Scope();
  readonly #warming: Warming;
  readonly #delay = new Delay(() => this.#set({ waits: false }));
  readonly #undo = new Undo();
  /** How a call was left here; later views of it count only when they say that it ended. */
  #left: Leaving | null = null;
  /** The call whose screen was left; what the server still says of it brings it back no more. */
  #dismissed = '';
  /** The call whose recording was stopped here. */
  #withdrawn: string | null = null;
  /** The call whose recording was paused here, until it is resumed here. */
  #paused: string | null = null;
  #shown = '';
  #state = START;

  constructor(config: ControllerConfig) {
    super();
    this.#socket = config.socket;
    this.#media = config.media;
    this.#memory = config.memory;
    this.#now = config.now;
    const { socket, media } = config;
    this.#warming = new Warming(media, (message) => socket.send(message), (call) => this.#took(call));
    if (config.release) this.#scope.defer(config.release);
    this.#scope.defer(() => this.#delay.close());
    this.#scope.defer(socket.on('message', (message) => this.#receive(message)));
    this.#scope.defer(socket.on('state', (connection) => this.#set(connection === 'reconnecting' ? { connection, lostAtMs: this.#now() } : { connection })));
    this.#scope.defer(socket.on('retry', (ms) => this.#set({ retryAtMs: this.#now() + ms })));
    this.#scope.defer(socket.on('signedOut', (why) => this.#signedOut(why)));
    this.#scope.defer(media.on('change', (state) => this.#heard(state)));
    this.#scope.defer(media.on('send', (message) => void socket.send(message)));
    this.#scope.defer(media.on('doubt', () => socket.doubt()));
    this.#scope.defer(media.on('retry', (ms) => this.#set({ soundRetryAtMs: this.#now() + ms })));
  }

  get state(): SessionState {
    return this.#state;
  }

  /** What else is said to the server than calls, such as a check of the connection. */
  get socket(): Socket {
    return this.#socket;
  }

  start(): void {
    this.#socket.start();
  }

  close(): void {
    this.#silence();
    this.#scope.close();
    this.#socket.close();
  }

  /** Where the other side of a call is heard. */
  setSink(sink: AudioSink | null): void {
    this.#media.setSink(sink);
  }

  /** The network came, went or changed. What was connected over the former one is not waited for. */
  networkChanged(up: boolean): void {
    this.#media.networkChanged();
    this.#socket.networkChanged(up);
  }

  level(side: 'you' | 'peer'): number {
    return this.#media.level(side);
  }

  /** Rings an expert; the microphone is asked for first, so that nobody answers to silence. */
  async call(expert: string): Promise<void> {
    if (this.#state.starting !== null || this.#busy()) return;
    this.#set({ starting: expert, problem: null });
    const heard = await this.#media.prepare();
    if (this.state.starting !== expert) return;
    const undo = (): void => {
      this.#media.stop();
      this.#set({ starting: null });
    };
    if (!heard) this.#set({ starting: null });
    else if (!this.#act({ type: 'call.start', expert }, undo)) undo();
  }

  /** Takes the ringing call in this tab, once the microphone is on. */
  async accept(): Promise<void> {
    const call = this.#current('ringing');
    if (!call || !(await this.#media.prepare())) return;
    if (this.#current('ringing')?.id !== call.id) {
      if (!this.#busy()) this.#media.stop();
      return;
    }
    this.#act({ type: 'call.accept', call: call.id }, () => this.#media.stop());
  }

  decline(): void {
    const call = this.#current('ringing');
    if (call) this.#leave(call, 'call.decline', null);
  }

  /** Lets the ringing call wait, to be answered in a minute. */
  delay(): void {
    const call = this.#current('ringing');
    if (call) this.#act({ type: 'call.delay', call: call.id }, () => undefined);
  }

  cancel(): void {
    const call = this.#current('asking') ?? this.#current('ringing');
    if (call) this.#leave(call, 'call.cancel', null);
  }

  hangup(): void {
    const call = this.#busy();
    if (call) this.#leave(call, 'call.hangup', 'completed');
  }

  /** Says that the open question is on the screen; once a wording and connection. */
  shown(hash: string): void {
    const call = this.#busy();
    if (!call || openQuestion(call)?.hash !== hash) return;
    const mark = `${call.id} ${hash}`;
    if (this.#shown === mark) return;
    if (this.#socket.send({ type: 'consent.shown', call: call.id, hash })) this.#shown = mark;
  }

  answer(hash: string, answer: Answer): void {
    const call = this.#busy();
    if (!call || openQuestion(call)?.hash !== hash) return;
    this.#set({ answered: { hash, answer } });
    this.#tell({ type: 'consent.answer', call: call.id, hash, answer }, () => this.#set({ answered: null }));
  }

  /** Stops the recording and takes the yes back. */
  withdraw(): void {
    const call = this.#busy();
    if (!call) return;
    this.#withdrawn = call.id;
    this.#tell({ type: 'consent.withdraw', call: call.id }, () => (this.#withdrawn = null));
  }

  /** Says what becomes of the recording made before the own no. */
  choosePart(keep: boolean): void {
    const call = this.#busy();
    if (call) this.#act({ type: 'recording.part', call: call.id, keep }, () => undefined);
  }

  /** Halts the recording while card details are read out; for the expert. */
  pause(): void {
    const call = this.#busy();
    if (!call) return;
    this.#paused = call.id;
    this.#tell({ type: 'recording.pause', call: call.id }, () => (this.#paused = null));
  }

  /** Lets a paused recording go on; for the expert. Never repeated: what got lost stays paused. */
  resume(): void {
    const call = this.#busy();
    if (!call) return;
    this.#paused = null;
    this.#act({ type: 'recording.resume', call: call.id }, () => undefined);
  }

  /** Puts the call on hold, or takes it back: meanwhile nobody hears the other, and nothing is recorded. */
  hold(on: boolean): void {
    const call = this.#busy();
    if (call) this.#act({ type: 'call.hold', call: call.id, on }, () => undefined);
  }

  /** Writes to the other person; the message is on the screen once the server keeps it. `refused` is told that it does not. */
  write(text: string, refused: () => void): void {
    const call = this.#busy();
    if (!call || !this.#act({ type: 'message.send', call: call.id, text }, refused)) refused();
  }

  /** Takes the sound of the call into this tab. */
  async joinHere(): Promise<void> {
    const call = this.#busy();
    if (!call || !(await this.#media.prepare())) return;
    this.#act({ type: 'media.join', call: call.id }, () => undefined);
  }

  /** Sets an expert's own state; being available needs a microphone that works. */
  async setAvailable(available: boolean): Promise<void> {
    if (available && !this.#busy()) {
      const works = await this.#media.prepare();
      if (!works) return;
      if (!this.#busy()) this.#media.stop();
    }
    this.#act({ type: 'presence.set', available }, () => undefined);
  }

  /** Turns the microphone on or off while there is no call, for a try before one. */
  async tryMicrophone(on: boolean): Promise<void> {
    if (this.#busy() || this.#state.starting !== null) return;
    if (on) await this.#media.prepare();
    else this.#media.stop();
  }

  setMuted(muted: boolean): void {
    this.#media.setMuted(muted);
    this.#tellMuted();
  }

  /** The server takes silence for a broken microphone unless it knows better. */
  #tellMuted(): void {
    const call = this.#busy();
    if (call?.here === true) this.#socket.send({ type: 'media.mute', call: call.id, muted: this.#media.state.muted });
  }

  chooseMicrophone(id: string): Promise<void> {
    return this.#media.chooseMicrophone(id);
  }

  chooseSpeaker(id: string): Promise<void> {
    return this.#media.chooseSpeaker(id);
  }

  /** Tries the microphone again, or starts the sound that the browser held back. */
  async repairSound(): Promise<void> {
    await this.#media.prepare();
    await this.#media.hear();
    if (!this.#busy() && this.#state.starting === null) this.#media.stop();
  }

  /** Plays the other side after the browser wanted a tap. */
  hear(): Promise<void> {
    return this.#media.hear();
  }

  /** Leaves the screen of a call that ended. */
  dismissCall(): void {
    const { call } = this.#state;
    if (call?.state !== 'ended') return;
    this.#dismissed = call.id;
    this.#set({ call: null });
  }

  dismissProblem(): void {
    this.#set({ problem: null });
  }

  #receive(message: ServerMessage): void {
    if (message.type === 'error') {
      this.#refused(message.ref, message.problem);
      return;
    }
    if (message.type === 'media.offer') {
      this.#offer(message);
      return;
    }
    if (message.type === 'call' && message.call.id === this.#dismissed) return;
    if (message.type === 'call' && message.call.id === this.#left?.call && message.call.state !== 'ended') return;
    const before = this.#state.call;
    this.#state = this.#delay.follow(receive(this.#state, message, this.#now()), this.#now());
    if (message.type === 'welcome') this.#resume(message.call, before);
    else this.#followCall(before, this.#state.call);
    this.emit('change', this.#state);
    if (message.type === 'recording.ready') this.emit('ready', message);
  }

  /** The sound follows the call: it ends with it, and when another tab takes over. */
  #followCall(before: CallView | null, now: CallView | null): void {
    this.#warming.follow(before, now);
    if (before === null || before.state === 'ended') return;
    const over = now?.id !== before.id || now.state === 'ended';
    const takenOver = !over && before.here && !now.here;
    if (over || takenOver) this.#silence();
  }

  /** After a (re)connect: take up the sound where this tab had it, and repeat what the view shows undone. */
  #resume(call: CallView | null, before: CallView | null): void {
    this.#undo.clear();
    this.#shown = '';
    if (call === null || call.state === 'ended') {
      this.#silence();
      return;
    }
    if (call.id === this.#left?.call) {
      this.#tell(this.#left, () => undefined);
      this.#state = { ...this.#state, call: before?.state === 'ended' ? before : null };
      return;
    }
    this.#repeat(call);
    this.#warming.again(call);
    if (call.here && call.media.you_muted !== this.#media.state.muted) this.#tellMuted();
    // The sound does not go through the socket: one that came up, or is being tried, needs no new connection.
    const kept = this.#media.call === call.id && call.here && this.#media.revive();
    if (!kept && (this.#media.call === call.id || this.#memory.load() === call.id)) {
      void this.#media.prepare();
      this.#socket.send({ type: 'media.join', call: call.id });
    }
  }

  #repeat(call: CallView): void {
    const { answered } = this.#state;
    if (answered) this.answer(answered.hash, answered.answer);
    const { state, paused } = call.recording;
    if (this.#withdrawn === call.id && (state === 'recording' || state === 'paused')) this.withdraw();
    if (this.#paused === call.id && !paused) this.pause();
  }

  #offer(offer: MediaOffer): void {
    if (this.#busy()?.id !== offer.call) return;
    if (offer.warm) this.#warming.offered(offer, this.#busy(), this.#state.iceServers);
    else this.#answer(offer);
  }

  #answer(offer: MediaOffer): void {
    this.#took(offer.call);
    this.#media.offer(offer, this.#state.iceServers).catch(() => this.#set({ problem: NO_SOUND }));
  }

  #took(call: string): void {
    this.#memory.save(call);
    if (this.#media.state.muted) this.#tellMuted(); // for the server new sound is unmuted
  }

  #refused(ref: string, problem: Problem): void {
    if (ref === RESTART) this.#media.restartRefused();
    const undo = this.#undo.take(ref);
    // Only what the person asked for is worth telling; a late candidate is not.
    if (!undo) return;
    undo();
    this.#set({ problem });
  }

  /** Ends the call on this side at once, whatever the network does. */
  #leave(call: CallView, type: Leaving['type'], reason: EndReason | null): void {
    this.#left = { type, call: call.id };
    this.#silence();
    this.#tell(this.#left, () => undefined);
    const at = new Date(this.#now() + this.#state.clockSkewMs).toISOString();
    this.#set({ call: reason === null ? null : endedHere(call, at, reason) });
  }

  #silence(): void {
    this.#memory.save(null);
    this.#media.stop();
    this.#state = { ...this.#state, media: this.#media.state };
  }

  #heard(media: MediaState): void {
    const lost = media.link === 'lost' && this.#state.media.link !== 'lost';
    this.#set(lost ? { media, soundLostAtMs: this.#now() } : { media });
  }

  #signedOut(why: { readonly expired: boolean }): void {
    this.#silence();
    this.emit('signedOut', why);
  }

  /** Sends what makes sense now only; says whether it went. */
  #act(message: ClientMessage, undo: () => void): boolean {
    const sent = this.#socket.send({ ...message, ref: this.#undo.mark(undo) });
    if (!sent) this.#set({ problem: OFFLINE });
    return sent;
  }

  /** Sends what holds whatever the network does: `#resume` says it again when it got lost. */
  #tell(message: ClientMessage, undo: () => void): void {
    this.#socket.send({ ...message, ref: this.#undo.mark(undo) });
  }

  #busy(): CallView | null {
    const { call } = this.#state;
    return call && call.state !== 'ended' ? call : null;
  }

  #current(state: CallView['state']): CallView | null {
    return this.#state.call?.state === state ? this.#state.call : null;
  }

  #set(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    this.emit('change', this.#state);
  }
}
