// The edge between a page and the devices: what a script cannot make a browser do is done there, and
// how the sound goes through the page is read there.

/**
 * Wraps the devices of a page, so that a test can pull them out, and notes where Web Audio sends what.
 * Runs in the page before its scripts.
 */
export function atTheEdge() {
  const media = navigator.mediaDevices;
  if (!media) return; // the empty page that a tab begins with
  const [list, ask] = [media.enumerateDevices.bind(media), media.getUserMedia.bind(media)];
  const gone = new Set();
  const asked = [];
  let [track, busy] = [null, false];
  const plugged = async (kind) => (await list()).filter((d) => d.kind === kind && !gone.has(d.deviceId));
  media.enumerateDevices = async () => (await list()).filter((d) => !gone.has(d.deviceId));
  media.getUserMedia = async ({ audio, ...rest }) => {
    asked.push(audio);
    await new Promise((r) => setTimeout(r, Number(sessionStorage.getItem('test.askedForMs')))); // as long as the person takes to allow it
    const [first] = await plugged('audioinput');
    if (!first) throw new DOMException('none', 'NotFoundError');
    if (busy) throw new DOMException('taken', 'NotReadableError');
    const stream = await ask({ ...rest, audio: gone.size === 0 ? audio : { ...audio, deviceId: { exact: first.deviceId } } });
    track = stream.getAudioTracks()[0];
    return stream;
  };
  const changed = () => media.dispatchEvent(new Event('devicechange'));
  const end = () => {
    track.stop();
    track.dispatchEvent(new Event('ended')); // it is not fired for what a page stops itself
    changed();
  };
  const connected = new Map();
  const sources = [];
  globalThis.edgeOfTheTest = {
    asked,
    connected,
    sources,
    get track() {
      return track;
    },
    /** Pulls out the microphone in use, or all; or another program takes it. */
    unplug: async (what = 'one') => {
      if (what === 'busy') busy = true;
      else if (what === 'all') (await plugged('audioinput')).forEach((d) => gone.add(d.deviceId));
      else gone.add(track.getSettings().deviceId);
      end();
    },
    plugIn: () => {
      gone.clear();
      busy = false;
      changed();
    },
    unplugSpeakers: async () => {
      (await plugged('audiooutput')).forEach((d) => gone.add(d.deviceId));
      changed();
    },
    /** The system takes the microphone for a while, or gives it back. */
    interrupt: (on) => track.dispatchEvent(new Event(on ? 'mute' : 'unmute')),
  };
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    connected.set(this, [...(connected.get(this) ?? []), to]);
    return connect.call(this, to, ...rest);
  };
  const create = AudioContext.prototype.createMediaStreamSource;
  AudioContext.prototype.createMediaStreamSource = function (stream) {
    const source = create.call(this, stream);
    sources.push({ source, tracks: stream.getAudioTracks() });
    return source;
  };
}

/** How the sound goes through the page. Runs in the page. */
export function look() {
  const find = (root) => {
    const hit = root.querySelector('[data-testid="remote-audio"]');
    return hit ?? [...root.querySelectorAll('*')].reduce((found, e) => found ?? (e.shadowRoot && find(e.shadowRoot)), null);
  };
  const audio = find(document);
  const { asked, connected, sources, track } = globalThis.edgeOfTheTest;
  const [peer] = (globalThis.peersOfTheTest ?? []).slice(-1);
  const sent = peer?.getSenders()[0]?.track ?? track;
  const playedTracks = audio?.srcObject?.getAudioTracks() ?? [];
  const reaches = (node, seen = new Set()) => {
    if (node instanceof AudioDestinationNode) return true;
    if (seen.has(node)) return false;
    seen.add(node);
    return (connected.get(node) ?? []).some((next) => reaches(next, seen));
  };
  const cleaning = ({ echoCancellation, noiseSuppression, autoGainControl }) => ({ echoCancellation, noiseSuppression, autoGainControl });
  return {
    element: audio?.tagName,
    playsRemote: playedTracks.length === 1 && playedTracks[0] === peer?.getReceivers()[0].track,
    playing: Boolean(audio) && !audio.paused && !audio.muted && audio.volume === 1,
    speaker: audio?.sinkId,
    throughWebAudio: sources.filter(({ source }) => reaches(source)).length,
    meters: sources.length,
    metersOnOriginals: sources.filter(({ tracks }) => tracks.some((t) => t === sent || playedTracks.includes(t))).length,
    metered: sources.length > 0 && sources.at(-1).source.context.state === 'running',
    settings: cleaning(sent?.getSettings() ?? {}),
    asked: cleaning(asked.at(-1) ?? {}),
  };
}

/** How the sound goes through a page right now. */
export function audioPath(page) {
  return page.evaluate(look);
}

/** What the element of a test id says. Runs in the page. */
export function textOf(id) {
  const find = (root) => root.querySelector(`[data-testid="${id}"]`) ?? [...root.querySelectorAll('*')].reduce((found, e) => found ?? (e.shadowRoot && find(e.shadowRoot)), null);
  return find(document)?.innerText ?? '';
}

/** Runs functions in a page of Chromium; unlike puppeteer's own way this does not count as a touch of the person. */
export async function peek(page) {
  const session = await page.createCDPSession();
  return async (run, ...args) => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression: `(${run})(...${JSON.stringify(args)})`, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
}
