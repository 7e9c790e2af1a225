import type { Api } from '../client/api';
import type { Disclosure, Erasure, Receipt } from '../wire/rest';
import { report } from './report';

/** Fetches the receipt of what a person said last in a call and offers it as a file. */
export async function saveNewestReceipt(from: EventTarget, api: Api, call: string): Promise<void> {
  try {
    const newest = (await api.receipts(call)).at(-1);
    if (newest) saveFile(await api.receiptFile(newest), newest.file);
  } catch (error) {
    report(from, error);
  }
}

/** Fetches one receipt and offers it as a file. */
export async function saveReceipt(from: EventTarget, api: Api, receipt: Receipt): Promise<void> {
  try {
    saveFile(await api.receiptFile(receipt), receipt.file);
  } catch (error) {
    report(from, error);
  }
}

/** Fetches the signed certificate of an erasure and offers it as a file. */
export async function saveCertificate(from: EventTarget, api: Api, erasure: Erasure): Promise<void> {
  try {
    saveFile(await api.file(erasure.certificate_url), `parley-erasure-${erasure.id}.jws`);
  } catch (error) {
    report(from, error);
  }
}

/** Fetches the bundle of a disclosure and offers it as a file. */
export async function saveBundle(from: EventTarget, api: Api, one: Disclosure): Promise<void> {
  try {
    saveFile(await api.bundle(one.recording, one.number), `parley-disclosure-${one.number}.zip`);
  } catch (error) {
    report(from, error);
  }
}

/** Fetches all that is kept about the person and offers it as a file. */
export async function saveOwnCopy(from: EventTarget, api: Api): Promise<void> {
  try {
    saveFile(await api.ownCopy(), 'parley-copy.zip');
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
