import { betweenPage, incident, incidentPage, signPage, wholeIncident, type Between, type Incident, type ReportState, type Sign } from '../wire/incidents';
import { accessList, API_ROOT, blockList, config, COOKIE_TOKEN, demoPeople, demoSession, disclosure, disclosureList, erasure, erasureList, feedback, hold, holdList, messageList, missedPage, noteList, ownCallPage, peaks, play, receiptList, recording, recordingPage } from '../wire/rest';
import type { Access, Blocked, Config, DemoPerson, DemoSession, Disclosure, Erasure, Feedback, Hold, Missed, Note, OwnCall, Peaks, Play, Rating, Receipt, Recording, RecordingPage, ReportReason, Written } from '../wire/rest';
import type { Shape } from '../wire/shape';
import { writtenList, type WrittenBeside } from '../wire/written';
import { localProblem, ProblemError, problemFrom } from './problem';

/** What the REST side needs from its surroundings. */
export interface ApiConfig {
  /** Sends a request; `window.fetch` in a browser. */
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** The bearer token, or empty before sign-in. */
  readonly token: () => string | Promise<string>;
}

const offline = localProblem(
  'offline',
  'No connection to the server',
  'The server could not be reached. Check your network; nothing is lost, you can try again.',
);

const garbled = localProblem('garbled', 'The server sent something unexpected', 'Reload the page to get the newest version of it.');

/** The address of what belongs to a recording. */
function about(recording: string, what: string): string {
  return `${API_ROOT}/recordings/${encodeURIComponent(recording)}/${what}`;
}

/** The REST calls of the protocol. Each rejects with a ProblemError. Safe for any number of calls at once. */
export class Api {
  readonly #config: ApiConfig;

  constructor(config: ApiConfig) {
    this.#config = config;
  }

  config(): Promise<Config> {
    return this.#json(`${API_ROOT}/config`, config);
  }

  async demoPeople(): Promise<DemoPerson[]> {
    return (await this.#json(`${API_ROOT}/demo/people`, demoPeople)).people;
  }

  demoSession(person: string): Promise<DemoSession> {
    return this.#json(`${API_ROOT}/demo/session`, demoSession, { person });
  }

  /** Who the cookie of this browser names, or nobody. */
  async staffSession(): Promise<DemoSession | null> {
    try {
      return await this.#json(`${API_ROOT}/staff/session`, demoSession, undefined, COOKIE_TOKEN);
    } catch (error) {
      if (error instanceof ProblemError && error.problem.status === 401) return null;
      throw error;
    }
  }

  /** Ends the session of the cookie, in every tab. */
  async staffSignOut(): Promise<void> {
    await this.#send(`${API_ROOT}/staff/signout`, {}, COOKIE_TOKEN);
  }

  /** One page of recordings, newest first; `before` continues after an earlier page. */
  recordings(limit: number, before = ''): Promise<RecordingPage> {
    const query = new URLSearchParams({ limit: String(limit) });
    if (before !== '') query.set('before', before);
    return this.#json(`${API_ROOT}/recordings?${query.toString()}`, recordingPage);
  }

  recording(id: string): Promise<Recording> {
    return this.#json(`${API_ROOT}/recordings/${encodeURIComponent(id)}`, recording);
  }

  /** Opens a play: the server writes down who listens and why before it gives the address. */
  play(id: string, reason: string): Promise<Play> {
    return this.#json(`${API_ROOT}/recordings/${encodeURIComponent(id)}/plays`, play, { reason });
  }

  /** The waveform of a play that was opened here. */
  peaks(opened: Play): Promise<Peaks> {
    return this.#json(opened.peaks_url, peaks);
  }

  /** What the two wrote to each other, beside what they said. */
  async written(opened: Play): Promise<readonly WrittenBeside[]> {
    return (await this.#json(opened.messages_url, writtenList)).messages;
  }

  /** Who listened to a recording, the newest first. */
  async accesses(recording: string): Promise<Access[]> {
    return (await this.#json(`${API_ROOT}/recordings/${encodeURIComponent(recording)}/accesses`, accessList)).accesses;
  }

  /** The person's own receipts of a call, oldest first. */
  async receipts(call: string): Promise<Receipt[]> {
    return (await this.#json(`${API_ROOT}/calls/${encodeURIComponent(call)}/receipts`, receiptList)).receipts;
  }

  /** A receipt as the server signed it. */
  async receiptFile(receipt: Receipt): Promise<Blob> {
    return (await this.#send(receipt.url)).blob();
  }

  /** What became of wishes to have the person's own voice erased. */
  async erasures(recording: string): Promise<Erasure[]> {
    return (await this.#json(`${API_ROOT}/recordings/${encodeURIComponent(recording)}/erasures`, erasureList)).erasures;
  }

  /** Asks for the person's own voice to be erased. */
  askErasure(recording: string): Promise<Erasure> {
    return this.#json(`${API_ROOT}/recordings/${encodeURIComponent(recording)}/erasures`, erasure, {});
  }

  /** Erases a part of a recording, as a privacy officer. */
  orderErasure(recording: string, part: string, note: string): Promise<Erasure> {
    return this.#json(about(recording, 'erasures'), erasure, { part, note });
  }

  /** Wishes that a privacy officer has to decide, the oldest first. */
  async erasuresToDecide(): Promise<Erasure[]> {
    return (await this.#json(`${API_ROOT}/erasures?state=requested`, erasureList)).erasures;
  }

  decideErasure(id: string, approve: boolean, note: string): Promise<Erasure> {
    return this.#json(`${API_ROOT}/erasures/${encodeURIComponent(id)}/decision`, erasure, { approve, note });
  }

  async holds(recording: string): Promise<Hold[]> {
    return (await this.#json(about(recording, 'holds'), holdList)).holds;
  }

  placeHold(recording: string, wish: Pick<Hold, 'case' | 'reason' | 'review_at'>): Promise<Hold> {
    return this.#json(about(recording, 'holds'), hold, wish);
  }

  async releaseHold(recording: string, id: string, reason: string): Promise<void> {
    await this.#send(about(recording, `holds/${encodeURIComponent(id)}/release`), { reason });
  }

  async disclosures(recording: string): Promise<Disclosure[]> {
    return (await this.#json(about(recording, 'disclosures'), disclosureList)).disclosures;
  }

  askDisclosure(recording: string, wish: Pick<Disclosure, 'part' | 'authority' | 'legal_basis' | 'case'>): Promise<Disclosure> {
    return this.#json(about(recording, 'disclosures'), disclosure, wish);
  }

  decideDisclosure(recording: string, number: number, approve: boolean, note: string): Promise<Disclosure> {
    return this.#json(about(recording, `disclosures/${number}/decision`), disclosure, { approve, note });
  }

  /** The signed bundle for the authority. */
  async bundle(recording: string, number: number): Promise<Blob> {
    return (await this.#send(about(recording, `disclosures/${number}/bundle`), {})).blob();
  }

  /** A file that the server told the address of. */
  async file(path: string): Promise<Blob> {
    return (await this.#send(path)).blob();
  }

  /** An archive of all that is kept about the person. */
  async ownCopy(): Promise<Blob> {
    return (await this.#send(`${API_ROOT}/copies`, {})).blob();
  }

  /** What the two wrote to each other in a call, the oldest first. */
  async messages(call: string): Promise<Written[]> {
    return (await this.#json(`${ofCall(call)}/messages`, messageList)).messages;
  }

  feedback(call: string): Promise<Feedback> {
    return this.#json(`${ofCall(call)}/feedback`, feedback);
  }

  async rate(call: string, stars: number): Promise<void> {
    await this.#send(`${ofCall(call)}/rating`, { stars });
  }

  /** Adds to a rating; null is no answer. */
  async survey(call: string, said: Pick<Rating, 'sound' | 'again' | 'comment'>): Promise<void> {
    await this.#send(`${ofCall(call)}/rating/survey`, said);
  }

  /** Reports an incident; `offset` is in seconds from the beginning of the talk. */
  async report(call: string, reason: ReportReason, offset: number | null, text: string): Promise<void> {
    await this.#send(`${ofCall(call)}/reports`, { reason, offset_seconds: offset, text });
  }

  /** A page of reports, signs or blocks of everybody, for who looks after people. */
  async incidents(filter: Filter, after = ''): Promise<Page<Incident>> {
    const { reports, next } = await this.#json(listed('reports', filter, { before: after }), incidentPage);
    return { list: reports, next };
  }

  async signs(filter: Filter, after = ''): Promise<Page<Sign>> {
    const { signs, next } = await this.#json(listed('signs', filter, { before: after }), signPage);
    return { list: signs, next };
  }

  async allBlocks(filter: Filter, after = ''): Promise<Page<Between>> {
    const { blocks, next } = await this.#json(listed('blocks', filter, { after }), betweenPage);
    return { list: blocks, next };
  }

  /** What was written about an incident; the server writes down who reads it before it answers. */
  async incidentText(id: string): Promise<string> {
    return (await this.#json(`${API_ROOT}/incidents/reports/${encodeURIComponent(id)}`, wholeIncident)).text;
  }

  handleIncident(id: string, state: ReportState, note: string): Promise<Incident> {
    return this.#json(`${API_ROOT}/incidents/reports/${encodeURIComponent(id)}/handling`, incident, { state, note });
  }

  /** The calls in which the person talked, made at `from` (RFC 3339) or later, the oldest first. */
  async ownCalls(from: string): Promise<OwnCall[]> {
    const calls: OwnCall[] = [];
    for (let after = ''; ; ) {
      const query = new URLSearchParams(after === '' ? { from } : { from, after });
      const page = await this.#json(`${API_ROOT}/calls?${query.toString()}`, ownCallPage);
      calls.push(...page.calls);
      if (page.next === '') return calls;
      after = page.next;
    }
  }

  /** What an expert has noted of a call, the oldest first. */
  async notes(call: string): Promise<Note[]> {
    return (await this.#json(`${ofCall(call)}/notes`, noteList)).notes;
  }

  async note(call: string, text: string): Promise<void> {
    await this.#send(`${ofCall(call)}/notes`, { text });
  }

  async missed(): Promise<Missed[]> {
    return (await this.#json(`${API_ROOT}/missed`, missedPage)).missed;
  }

  async blocked(): Promise<Blocked[]> {
    return (await this.#json(`${API_ROOT}/blocks`, blockList)).blocks;
  }

  async block(person: string): Promise<void> {
    await this.#send(`${API_ROOT}/blocks/${encodeURIComponent(person)}`, undefined, undefined, 'PUT');
  }

  async unblock(person: string): Promise<void> {
    await this.#send(`${API_ROOT}/blocks/${encodeURIComponent(person)}`, undefined, undefined, 'DELETE');
  }

  /** A call that this library has no name for; `match` is the ETag of what is changed. */
  ask<T>(path: string, shape: Shape<T>, body?: object, method?: Method, match?: string): Promise<T> {
    return this.#json(path, shape, body, undefined, method, match);
  }

  async #json<T>(path: string, shape: Shape<T>, body?: object, token?: string, method?: Method, match?: string): Promise<T> {
    const response = await this.#send(path, body, token, method, match);
    try {
      return shape(await response.json(), path);
    } catch (error) {
      throw new ProblemError({ ...garbled, instance: error instanceof Error ? error.message : '' });
    }
  }

  async #send(path: string, body?: object, own?: string, method?: Method, match?: string): Promise<Response> {
    const headers = new Headers({ Accept: 'application/json' });
    const token = own ?? (await this.#config.token());
    if (token !== '') headers.set('Authorization', `Bearer ${token}`);
    const init: RequestInit = { headers, credentials: 'same-origin', cache: 'no-store' };
    if (match !== undefined) headers.set('If-Match', match);
    if (method !== undefined) init.method = method;
    if (body !== undefined) {
      headers.set('Content-Type', 'application/json');
      init.method ??= 'POST';
      init.body = JSON.stringify(body);
    }
    let response: Response;
    try {
      response = await this.#config.fetch(path, init);
    } catch {
      throw new ProblemError(offline);
    }
    if (!response.ok) throw new ProblemError(await problemFrom(response));
    return response;
  }
}

type Method = 'POST' | 'PUT' | 'DELETE';

/** What of a list is wanted; an empty value is all. */
export type Filter = Readonly<Record<string, string>>;

export interface Page<T> {
  readonly list: readonly T[];
  /** Empty on the last page. */
  readonly next: string;
}

function listed(what: string, filter: Filter, place: Filter): string {
  const query = new URLSearchParams(Object.entries({ ...filter, ...place }).filter(([, value]) => value !== ''));
  return `${API_ROOT}/incidents/${what}?${query.toString()}`;
}

function ofCall(call: string): string {
  return `${API_ROOT}/calls/${encodeURIComponent(call)}`;
}
