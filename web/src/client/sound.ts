import { API_ROOT } from '../wire/rest';
import { reviewed, type CallSound } from '../wire/sound';
import type { Api } from './api';

/** How the call of a recording sounded, as a reviewer may know it; null where there is no record of it. */
export async function callSound(api: Api, recording: string): Promise<CallSound | null> {
  return (await api.ask(`${API_ROOT}/recordings/${encodeURIComponent(recording)}`, reviewed)).sound;
}
