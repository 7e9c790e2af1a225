import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { betweenPage, incident, incidentPage, signPage, wholeIncident } from './incidents';
import { evaluationPage, wholeEvaluation } from './evaluations';
import { accessList, blockList, config, demoPeople, demoSession, disclosureList, erasureList, holdList, messageList, missedPage, peaks, play, receiptList, recordingPage } from './rest';
import type { Shape } from './shape';
import { reviewed } from './sound';
import { writtenList } from './written';

/** The part of JSON Schema that the description of the API is written in. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly minItems?: number;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Answer>>;
}

const description = parse(
  readFileSync(new URL('../../../signaling/api/openapi/openapi.yaml', import.meta.url), 'utf8'),
) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

function resolve(schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  if (name === undefined) return schema;
  const named = description.components.schemas[name];
  if (named === undefined) throw new Error(`there is no schema ${name}`);
  return resolve(named);
}

/** What an operation answers with when it does what it was asked for. */
function answerOf(operationId: string): Schema {
  const all = Object.values(description.paths).flatMap((path) => Object.values(path));
  const responses = all.find((operation) => operation.operationId === operationId)?.responses;
  const schema = (responses?.['200'] ?? responses?.['201'])?.content?.['application/json']?.schema;
  if (schema === undefined) throw new Error(`${operationId} is not described, or not as JSON`);
  return schema;
}

/** Answers as the schema allows them: the shortest, the fullest, and one with each word that it names. */
function samples(of: Schema): unknown[] {
  const schema = resolve(of);
  if (schema.enum !== undefined) return [...schema.enum];
  if (schema.type !== undefined && typeof schema.type !== 'string') {
    return [...schema.type].reverse().flatMap((type) => (type === 'null' ? [null] : samples({ ...schema, type })));
  }
  if (schema.items !== undefined) {
    const items = samples(schema.items);
    const least = schema.minItems ?? 0;
    return [Array.from({ length: least }, () => items[0]), ...(least > 0 ? [] : items.map((item) => [item]))];
  }
  if (schema.properties !== undefined) return objects(schema, schema.properties);
  return [plain(schema)];
}

function objects(schema: Schema, properties: Readonly<Record<string, Schema>>): unknown[] {
  const choices = Object.entries(properties).map(([name, property]) => [name, samples(property)] as const);
  const full = Object.fromEntries(choices.map(([name, values]) => [name, values.at(-1)]));
  const needed = Object.fromEntries(Object.entries(full).filter(([name]) => schema.required?.includes(name)));
  const each = choices.flatMap(([name, values]) => values.map((value) => ({ ...full, [name]: value })));
  return [needed, ...each, full];
}

function plain({ type, format }: Schema): unknown {
  if (format === 'date-time') return '2026-03-14T12:00:00Z';
  switch (type) {
    case 'string':
      return 'word';
    case 'integer':
    case 'number':
      return 7;
    case 'boolean':
      return true;
  }
  throw new Error(`no sample of ${String(type ?? 'anything')}`);
}

/** The members of a value that its schema does not have, by their path. */
function strangers(value: unknown, of: Schema, path: string): string[] {
  const schema = resolve(of);
  if (Array.isArray(value)) return value.flatMap((item) => strangers(item, schema.items ?? {}, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const property = schema.properties?.[name];
    return property === undefined ? [`${path}.${name}`] : strangers(member, property, `${path}.${name}`);
  });
}

const read: Readonly<Record<string, Shape<unknown>>> = {
  getConfig: config,
  listDemoPeople: demoPeople,
  startDemoSession: demoSession,
  listRecordings: recordingPage,
  getRecording: reviewed,
  startPlay: play,
  playPeaks: peaks,
  playMessages: writtenList,
  listAccesses: accessList,
  listDisclosures: disclosureList,
  listHolds: holdList,
  listReceipts: receiptList,
  listRecordingErasures: erasureList,
  listMessages: messageList,
  listBlocks: blockList,
  listReports: incidentPage,
  readReport: wholeIncident,
  handleReport: incident,
  getOwnEvaluation: wholeEvaluation,
  saveEvaluation: wholeEvaluation,
  releaseEvaluation: wholeEvaluation,
  listEvaluations: evaluationPage,
  readEvaluation: wholeEvaluation,
  disputeEvaluation: wholeEvaluation,
  settleEvaluation: wholeEvaluation,
  listSigns: signPage,
  listAllBlocks: betweenPage,
  listMissed: missedPage,
};

describe('what the client reads is what the API describes', () => {
  it.each(Object.entries(read))('%s', (operationId, shape) => {
    const schema = answerOf(operationId);
    const all = samples(schema);
    for (const sample of all) {
      expect(() => shape(sample, operationId), JSON.stringify(sample)).not.toThrow();
    }
    expect(strangers(shape(all.at(-1), operationId), schema, operationId)).toEqual([]);
  });
});
