import { describe, expect, it } from 'vitest';
import { Api } from './api';
import { ProblemError } from './problem';

function api(answer: () => Promise<Response>): { api: Api; asked: { path: string; init: RequestInit }[] } {
  const asked: { path: string; init: RequestInit }[] = [];
  const fetch = (path: string, init: RequestInit): Promise<Response> => {
    asked.push({ path, init });
    return answer();
  };
  return { api: new Api({ fetch, token: () => 'secret' }), asked };
}

const json = (body: object, status = 200) => () => Promise.resolve(new Response(JSON.stringify(body), { status }));

describe('Api', () => {
  it('sends the token in the header only, and the reason in the body', async () => {
    const { api: client, asked } = api(json({ play: 'p', audio_url: '/api/v1/plays/p/audio.opus', wav_url: '/api/v1/plays/p/audio.wav', peaks_url: '/api/v1/plays/p/peaks.json', messages_url: '/api/v1/plays/p/messages.json', spans: [], events: [], gains_db: [0, 6] }, 201));
    await client.play('r/1', 'Training');
    const [{ path, init }] = asked as [(typeof asked)[number]];
    expect(path).toBe('/api/v1/recordings/r%2F1/plays');
    expect(init.method).toBe('POST');
    expect(init.body).toBe('{"reason":"Training"}');
    expect(new Headers(init.headers).get('Authorization')).toBe('Bearer secret');
  });

  it('continues a list where the last page ended', async () => {
    const { api: client, asked } = api(json({ recordings: [], next: '' }));
    await client.recordings(30, 'r 9');
    expect(asked[0]?.path).toBe('/api/v1/recordings?limit=30&before=r+9');
  });

  const refusals: [name: string, answer: () => Promise<Response>, want: string][] = [
    ['a problem of the server', json({ type: 'x', title: 'No', status: 403, detail: 'Say why.' }, 403), 'Say why.'],
    ['a refusal without words', () => Promise.resolve(new Response('<html>', { status: 502 })), 'status 502'],
    ['a network that is away', () => Promise.reject(new TypeError('failed')), 'could not be reached'],
    ['an answer it does not know', json({ surprise: true }), 'Reload the page'],
  ];
  it.each(refusals)('tells of %s', async (_name, answer, want) => {
    const thrown: unknown = await api(answer).api.config().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ProblemError);
    expect((thrown as ProblemError).problem.detail).toContain(want);
  });
});
