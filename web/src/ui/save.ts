import type { Api } from '../client/api';
import { report } from './report';

/** Fetches a person's own receipt of a call and offers it as a file. */
export async function saveReceipt(from: EventTarget, api: Api, call: string): Promise<void> {
  try {
    saveFile(await api.receipt(call), `parley-receipt-${call}.json`);
  } catch (error) {
    report(from, error);
  }
}

function saveFile(bytes: Blob, name: string): void {
  const address = URL.createObjectURL(bytes);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
