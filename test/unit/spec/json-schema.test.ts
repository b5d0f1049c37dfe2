import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  jobJsonSchema,
  LIMIT_NAMES,
  METRIC_NAMES,
  outcomeJsonSchema,
  STATUSES,
} from '../../../src/spec/index.js';
import { exampleOutcome } from './example-outcome.js';

type Properties = Record<string, { default?: unknown; properties: Properties; [key: string]: unknown }>;

const propertiesOf = (schema: unknown): Properties => (schema as { properties: Properties }).properties;
const stored = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../schemas/${name}`, import.meta.url), 'utf8'));

describe('jobJsonSchema', () => {
  it('is what the repository holds', () => {
    expect(stored('job.schema.json')).toEqual(jobJsonSchema());
  });

  it('describes what a user writes: closed, with the defaults', () => {
    const schema = jobJsonSchema();
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Hotcell job',
      type: 'object',
      additionalProperties: false,
      anyOf: [{ required: ['command'] }, { required: ['entrypoint'] }, { required: ['image'] }],
    });
    const properties = propertiesOf(schema);
    expect(properties.hostname?.default).toBe('hotcell');
    expect(properties.network?.enum).toEqual(['none', 'loopback', 'host']);
  });

  it('says each limit with its default', () => {
    const limits = propertiesOf(propertiesOf(jobJsonSchema()).limits);
    expect(Object.keys(limits)).toEqual(LIMIT_NAMES);
    expect(limits.memory).toEqual({
      description: expect.any(String),
      default: '512MiB',
      anyOf: [{ type: 'integer', minimum: 1_048_576, maximum: Number.MAX_SAFE_INTEGER }, { type: 'string' }],
    });
    expect(limits.pids?.default).toBe(256);
    expect(limits.cpus?.default).toBe('none');
  });

  it('wants exactly one source for a file, and for stdin that is an object', () => {
    const { files, stdin } = propertiesOf(jobJsonSchema());
    const one = (...names: string[]) => names.map((name) => ({ required: [name] }));
    expect(files?.additionalProperties).toMatchObject({ oneOf: one('content', 'base64', 'path') });
    expect(stdin?.anyOf).toMatchObject([{ type: 'string' }, { oneOf: one('path', 'base64', 'stream') }]);
  });

  it('has no place where anything goes', () => {
    expect(JSON.stringify(jobJsonSchema())).not.toMatch(
      /\{\}(?!,"(?:type|description|default|propertyNames))/,
    );
  });

  const reader = z.fromJSONSchema(jobJsonSchema() as z.core.JSONSchema.JSONSchema);

  it.each([
    [{ command: ['a'] }],
    [{ entrypoint: ['a'], args: ['b'] }],
    [{ image: 'debian:12' }],
    [{ image: 'debian', args: ['b'] }],
    [
      {
        command: ['a'],
        limits: { memory: '64m', pids: 'none', cpuTime: 5, cpus: 0.5 },
        tty: { rows: 1, cols: 1 },
      },
    ],
    [{ command: ['a'], stdin: 'x', mounts: [{ source: '/a', target: '/b' }] }],
  ])('lets %j through', (job) => {
    expect(reader.safeParse(job).success).toBe(true);
  });

  it.each([
    [{ command: 'a' }],
    [{ command: ['a'], limits: { memroy: 1 } }],
    [{ command: ['a'], limits: { pids: '5' } }],
    [{ command: ['a'], stdin: 5 }],
    [{ command: ['a'], network: 'bridge' }],
    [{ command: ['a'], mounts: [{ source: '/a' }] }],
  ])('stops %j', (job) => {
    expect(reader.safeParse(job).success).toBe(false);
  });
});

describe('outcomeJsonSchema', () => {
  it('is what the repository holds', () => {
    expect(stored('outcome.schema.json')).toEqual(outcomeJsonSchema());
  });

  it('requires every key of every outcome', () => {
    const schema = outcomeJsonSchema();
    expect(new Set(schema.required as string[])).toEqual(new Set(Object.keys(exampleOutcome)));
    const { metrics, status } = propertiesOf(schema);
    expect(metrics?.required).toEqual([...METRIC_NAMES, 'sources']);
    expect(status?.enum).toEqual(STATUSES);
  });

  it('lets the example through', () => {
    const reader = z.fromJSONSchema(outcomeJsonSchema() as z.core.JSONSchema.JSONSchema);
    expect(reader.safeParse(exampleOutcome).success).toBe(true);
    expect(reader.safeParse({ ...exampleOutcome, status: 'fine' }).success).toBe(false);
  });
});
