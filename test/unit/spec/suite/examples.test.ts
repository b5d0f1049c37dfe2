import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadSuites, suiteJsonSchema } from '../../../../src/spec/index.js';

const folder = fileURLToPath(new URL('../../../../fixtures/suites/examples/', import.meta.url));
const names = readdirSync(folder).filter((name) => /\.(?:suite|hotcell)\./.test(name));
const stored = new URL('../../../../schemas/suite.schema.json', import.meta.url);
const reader = z.fromJSONSchema(suiteJsonSchema() as z.core.JSONSchema.JSONSchema);

describe('the examples', () => {
  it('load together', async () => {
    const suites = await loadSuites([folder], { cwd: '/' });
    expect(suites.map(({ name }) => name)).toEqual([
      'divisors',
      'endings',
      'guess',
      'languages',
      'outputs',
      'sum',
    ]);
  });

  it.each(names)('%s is as the JSON Schema says', (name) => {
    const input: unknown = parse(readFileSync(`${folder}${name}`, 'utf8'));
    expect(reader.safeParse(input).error).toBeUndefined();
  });
});

describe('suiteJsonSchema', () => {
  it('is what the repository holds', () => {
    expect(JSON.parse(readFileSync(stored, 'utf8'))).toEqual(suiteJsonSchema());
  });

  it('is closed, titled, and refers only to what it defines', () => {
    const schema = suiteJsonSchema();
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Hotcell suite',
      additionalProperties: false,
      required: ['jobs'],
    });
    const used = [...JSON.stringify(schema).matchAll(/"#\/\$defs\/([^"]+)"/g)].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(Object.keys(schema.$defs as object)));
  });

  it.each([
    [{ jobs: [{ command: ['a'], limits: { pids: '$' + '{matrix.n}' }, retries: '$' + '{matrix.n}' }] }],
    [{ jobs: [{ command: ['a'], expect: { status: ['ok', 'signaled'], outputs: { o: true } } }] }],
    [
      {
        jobs: [{ extends: ['t'], matrix: { a: [1, 'b', true], include: [{ a: 2 }] } }],
        templates: { t: {} },
      },
    ],
  ])('lets %j through', (suite) => {
    expect(reader.safeParse(suite).success).toBe(true);
  });

  it.each([
    [{}],
    [{ jobs: [{ command: ['a'], cases: [{}] }] }],
    [{ jobs: [{ command: ['a'], expect: { status: 'any' } }] }],
    [{ jobs: [{ command: ['a'], expect: { stdout: { txt: 'a' } } }] }],
    [{ jobs: [{ command: ['a'], retries: 'x' }] }],
    [{ jobs: [{ command: ['a'], build: { comand: ['b'] } }] }],
    [{ jobs: [{ command: ['a'] }], defaults: { cases: [] } }],
  ])('stops %j', (suite) => {
    expect(reader.safeParse(suite).success).toBe(false);
  });
});
