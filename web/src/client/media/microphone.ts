/** Why there is no microphone. */
export type MicrophoneFault = 'denied' | 'missing' | 'unplugged' | 'busy' | 'insecure' | 'unknown';

/** Where the microphone stands. */
export type MicrophoneState =
  | { readonly kind: 'off' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'on' }
  | { readonly kind: 'fault'; readonly fault: MicrophoneFault };

/**
 * One voice, cleaned up by the browser: what a call asks of a microphone (W3C Media Capture 4.3.8).
 * `device` is the wanted one, or empty; with `exact` no other will do.
 */
export function voice(device = '', exact = false): MediaStreamConstraints {
  const wanted = device === '' ? {} : { deviceId: exact ? { exact: device } : { ideal: device } };
  return { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1, ...wanted }, video: false };
}

/** Names the fault behind a refused getUserMedia. */
export function microphoneFault(error: unknown): MicrophoneFault {
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    case 'SecurityError':
    case 'TypeError':
      return 'insecure';
    default:
      return 'unknown';
  }
}

/** Stops the capture behind a stream; the browser's microphone sign goes out. */
export function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
