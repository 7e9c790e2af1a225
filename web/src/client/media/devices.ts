import type { Listenable } from '../../lib/scope';

/** A microphone or a speaker that can be chosen. */
export interface Device {
  readonly id: string;
  /** As the system names it; empty until the microphone was allowed once. */
  readonly label: string;
}

/** What there is to choose between right now. */
export interface DeviceLists {
  readonly microphones: readonly Device[];
  readonly speakers: readonly Device[];
}

/** The part of `navigator.mediaDevices` that is used. */
export interface DeviceSource extends Listenable {
  enumerateDevices(): Promise<readonly Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>[]>;
}

export const NO_DEVICES: DeviceLists = { microphones: [], speakers: [] };

/** Asks what is plugged in; nothing where the browser does not tell. */
export async function listDevices(source: DeviceSource): Promise<DeviceLists> {
  try {
    const all = await source.enumerateDevices();
    const of = (kind: MediaDeviceKind): Device[] =>
      all
        // Without permission devices have no id, and Chromium lists one of them twice for telephony.
        .filter((device) => device.kind === kind && device.deviceId !== '' && device.deviceId !== 'communications')
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    return { microphones: of('audioinput'), speakers: of('audiooutput') };
  } catch {
    return NO_DEVICES;
  }
}
