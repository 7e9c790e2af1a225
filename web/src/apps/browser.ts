import { CallController } from '../client/controller';
import { CallMedia } from '../client/media/callmedia';
import { meterFactory } from '../client/media/meter';
import { Socket } from '../client/socket';
import { API_ROOT } from '../wire/rest';

const MEMORY_KEY = 'parley.call';

/** What the page stands on. */
export interface Surroundings {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** Makes the controller of a signed-in person's session. */
  readonly controller: (token: string) => CallController;
}

export const browserSurroundings: Surroundings = {
  fetch: (path, init) => fetch(path, init),
  controller: browserController,
};

/** A controller on the browser's own socket, devices and storage. */
function browserController(token: string): CallController {
  let context: AudioContext | null = null;
  const audio = (): AudioContext => {
    context ??= new AudioContext();
    void context.resume();
    return context;
  };
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return new CallController({
    socket: new Socket({
      url: `${scheme}://${location.host}${API_ROOT}/socket`,
      token: () => token,
      open: (url, protocol) => new WebSocket(url, protocol),
      random: Math.random,
    }),
    media: new CallMedia({
      getUserMedia: askForMicrophone,
      createPeer: (config) => new RTCPeerConnection(config),
      createStream: (tracks) => new MediaStream(tracks),
      createMeter: meterFactory(audio),
    }),
    memory: {
      load: () => sessionStorage.getItem(MEMORY_KEY),
      save: (call) => {
        if (call === null) sessionStorage.removeItem(MEMORY_KEY);
        else sessionStorage.setItem(MEMORY_KEY, call);
      },
    },
    now: Date.now,
  });
}

/** On an insecure page there is no `mediaDevices`; the TypeError is read as that fault. */
async function askForMicrophone(constraints: MediaStreamConstraints): Promise<MediaStream> {
  return await navigator.mediaDevices.getUserMedia(constraints);
}
