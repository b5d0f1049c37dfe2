import { reportJsonSchema } from '../engine/index.js';
import { jobJsonSchema, outcomeJsonSchema, suiteJsonSchema } from '../spec/index.js';
import type { Io } from './io/io.js';
import { oneOf } from './run/values.js';
import { SCHEMA_NAMES, type SchemaName } from './schema-names.js';

const SCHEMAS: Record<SchemaName, () => unknown> = {
  job: jobJsonSchema,
  suite: suiteJsonSchema,
  outcome: outcomeJsonSchema,
  report: reportJsonSchema,
};

/** `hotcell schema [job|suite|outcome|report]`: the JSON Schema, indented as in the files of the package. */
export async function schemaCommand(name: string, io: Io): Promise<number> {
  const known = oneOf('NAME', name, SCHEMA_NAMES);
  await io.stdout.write(`${JSON.stringify(SCHEMAS[known](), null, 2)}\n`);
  return 0;
}
