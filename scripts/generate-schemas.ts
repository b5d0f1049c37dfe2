// Writes the JSON Schemas that the package carries from the zod schemas, their only source.
import { mkdirSync, writeFileSync } from 'node:fs';
import { type JsonSchema, jobJsonSchema, outcomeJsonSchema, suiteJsonSchema } from '../src/spec/index.js';

const folder = new URL('../schemas/', import.meta.url);

function write(name: string, schema: JsonSchema): void {
  writeFileSync(new URL(name, folder), `${JSON.stringify(schema, null, 2)}\n`);
}

mkdirSync(folder, { recursive: true });
write('job.schema.json', jobJsonSchema());
write('outcome.schema.json', outcomeJsonSchema());
write('suite.schema.json', suiteJsonSchema());
