import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeServer } from './server';
import { WireError } from './shape';

const folder = new URL('../../../signaling/wire/testdata/server/', import.meta.url);

describe('messages as the server encodes them', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

  it('has fixtures', () => {
    expect(files.length, 'number of fixtures').toBeGreaterThan(0);
  });

  it.each(files)('%s', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const sent = JSON.parse(text) as { type: string };
    expect(decodeServer(text).type).toBe(sent.type);
  });
});

describe('decodeServer', () => {
  const refused: Record<string, [message: string, wanted: string]> = {
    'no JSON': ['{', 'JSON'],
    'no object': ['[]', 'message.type'],
    'no type': ['{}', 'message.type'],
    'unknown type': ['{"type":"surprise"}', 'known type'],
    'a type of every object': ['{"type":"toString"}', 'known type'],
    'missing member': ['{"type":"presence","state":"away"}', 'presence.available'],
    'wrong kind of member': ['{"type":"media.offer","call":"c","generation":"1","sdp":""}', 'media.offer.generation'],
    'unknown word': ['{"type":"presence","available":true,"state":"asleep"}', 'presence.state'],
  };

  it.each(Object.entries(refused))('refuses %s', (_name, [message, wanted]) => {
    expect(() => decodeServer(message)).toThrow(WireError);
    expect(() => decodeServer(message)).toThrow(wanted);
  });

  it('passes over members it does not know, and reads null lists as empty', () => {
    expect(decodeServer('{"type":"directory","version":3,"experts":null,"mood":"good"}')).toEqual({
      type: 'directory',
      version: 3,
      experts: [],
    });
  });
});
