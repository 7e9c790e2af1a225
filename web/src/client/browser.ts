import { API_ROOT } from '../wire/rest';
import { Api } from './api';
import { ConnectionCheck } from './check/check';
import { CallController } from './controller';
import type { CallMemory } from './controllerconfig';
import { CallMedia } from './media/callmedia';
import type { DeviceSource } from './media/devices';
import { meterFactory } from './media/meter';
import { Socket } from './socket';

const MEMORY_KEY = 'parley.call';

/** Where the server is, and who is there. */
export interface ClientConfig {
  /** Origin of the server, such as `https://calls.example.org`. */
  readonly server: string;
  /** Gives the person's token whenever one is needed; it may be asked of a backend each time. */
  readonly token: () => string | Promise<string>;
  /** Whether `token` gives a new one once the last has run out. */
  readonly renews?: boolean;
}

/** One person's session at a server: calls over the socket, and the REST side. */
export interface Client {
  readonly calls: CallController;
  readonly api: Api;
}

/** A client on the browser's own socket, devices and storage; `calls.start()` connects, `calls.close()` ends all of it. */
export function createClient(config: ClientConfig): Client {
  const sound = meterSound();
  const calls = new CallController({
    socket: new Socket({
      url: `${config.server.replace(/^http/, 'ws')}${API_ROOT}/socket`,
      token: config.token,
      renews: config.renews ?? false,
      tab: randomName(),
      device: deviceName(() => localStorage),
      open: (url, protocol) => new WebSocket(url, protocol),
      random: Math.random,
    }),
    media: new CallMedia({
      devices: deviceSource(),
      getUserMedia: askForMicrophone,
      createPeer: (peer) => new RTCPeerConnection(peer),
      createStream: (tracks) => new MediaStream(tracks),
      createMeter: meterFactory(sound.context),
    }),
    memory: tabMemory(() => sessionStorage),
    now: Date.now,
    release: sound.close,
  });
  const api = new Api({ fetch: (path, init) => fetch(`${config.server}${path}`, init), token: config.token });
  return { calls, api };
}

/** A check of the connection for a session, by the browser's own connections; `close` ends it. */
export function createCheck(calls: CallController): ConnectionCheck {
  return new ConnectionCheck({
    socket: calls.socket,
    iceServers: () => calls.state.iceServers,
    createPeer: (config) => new RTCPeerConnection(config),
    now: () => performance.now(),
  });
}

/** The audio context of the meters: made with the first, closed with the session. */
function meterSound(): { readonly context: () => AudioContext; readonly close: () => void } {
  let context: AudioContext | null = null;
  return {
    context: () => {
      context ??= new AudioContext();
      void context.resume();
      return context;
    },
    close: () => {
      void context?.close();
      context = null;
    },
  };
}

/** Where a browser keeps its random text. */
const DEVICE = 'parley.device';

/** A random text that this browser keeps; where storage is forbidden, another one each time. */
export function deviceName(storage: () => Pick<Storage, 'getItem' | 'setItem'>): string {
  const fresh = randomName();
  try {
    const kept = storage().getItem(DEVICE);
    if (kept !== null && kept.length >= 16 && kept.length <= 64) return kept;
    storage().setItem(DEVICE, fresh);
  } catch {
    // It is not kept.
  }
  return fresh;
}

/** Remembers the id of a call in this tab; where storage is forbidden, only until the page is left. */
export function tabMemory(storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): CallMemory {
  let remembered: string | null = null;
  const attempt = (use: (store: ReturnType<typeof storage>) => void): void => {
    try {
      use(storage());
    } catch {
      // A sandboxed frame has no storage.
    }
  };
  attempt((store) => (remembered = store.getItem(MEMORY_KEY)));
  return {
    load: () => remembered,
    save: (call) => {
      remembered = call;
      attempt((store) => (call === null ? store.removeItem(MEMORY_KEY) : store.setItem(MEMORY_KEY, call)));
    },
  };
}

/** On an insecure page there are no devices, whatever the types say. */
function deviceSource(): DeviceSource | null {
  return (navigator as { readonly mediaDevices?: MediaDevices }).mediaDevices ?? null;
}

/** On an insecure page there is no `mediaDevices`; the TypeError is read as that fault. */
async function askForMicrophone(constraints: MediaStreamConstraints): Promise<MediaStream> {
  return await navigator.mediaDevices.getUserMedia(constraints);
}

/** 128 random bits in hexadecimal; unlike randomUUID it works on pages without TLS. */
function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
