import { vi } from 'vitest';
import type { CallView } from '../../wire/view';
import { CallController } from '../controller';
import { CallMedia } from '../media/callmedia';
import { Socket } from '../socket';
import { FakeDevices, settled } from './fakemedia';
import { FakeNetwork } from './fakesocket';
import { aCall, aWelcome } from './views';

/** The clock of the tab: a minute behind the server. */
export const EARLY = Date.parse('2026-11-22T08:59:00Z');

/** One tab on a fake server, with fake devices; it is signed in. */
export class Tab {
  readonly network = new FakeNetwork();
  readonly devices = new FakeDevices();
  readonly media = new CallMedia(this.devices.config());
  readonly controller: CallController;

  constructor(
    call: CallView | null = null,
    role = 'member',
    public remembered: string | null = null,
  ) {
    const socket = new Socket({ url: 'ws://x', token: () => 't', open: this.network.open, random: () => 0 });
    const memory = { load: () => this.remembered, save: (id: string | null) => (this.remembered = id) };
    this.controller = new CallController({ socket, media: this.media, memory, now: () => EARLY });
    this.controller.start();
    this.welcome(call, role);
  }

  get server(): FakeNetwork['latest'] {
    return this.network.latest;
  }

  get state(): CallController['state'] {
    return this.controller.state;
  }

  welcome(call: CallView | null, role = 'member'): void {
    this.server.opened();
    this.server.says(aWelcome(call, role));
  }

  view(change: Partial<CallView>): void {
    this.server.says({ type: 'call', call: aCall(change) });
  }

  offer(generation: number, warm = false): void {
    this.server.says({ type: 'media.offer', call: 'call-1', generation, sdp: 'v=0', ...(warm && { warm }) }); // restart is left out where it is 0
  }

  /** Loses the socket and gets a new one that is welcomed with this call. */
  comeBack(call: CallView | null): void {
    this.server.ended(1006);
    vi.advanceTimersByTime(10_000);
    this.welcome(call);
  }

  /** A call whose sound is up in this tab. */
  static async talking(): Promise<Tab> {
    const tab = new Tab();
    await tab.controller.call('dr-lee');
    tab.view({ state: 'active' });
    tab.offer(1);
    await settled();
    tab.devices.peer.becomes('connected');
    return tab;
  }

  sent(): string[] {
    return this.server.sent.map((m) => m.type).filter((t) => t !== 'hello' && t !== 'media.candidate');
  }
}
