import { z } from 'zod';
import { jobSchema } from './job.js';
import { outcomeSchema } from './outcome.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

const isAnything = (schema: object): boolean => Object.keys(schema).length === 0;

/** Bytes have no JSON form. zod writes such an alternative as "anything", which would make the others pointless. */
function dropBytes({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  if (zodSchema._zod.def.type !== 'union' || jsonSchema.anyOf === undefined) return;
  jsonSchema.anyOf = jsonSchema.anyOf.filter((schema) => !isAnything(schema));
}

/** The JSON Schema (draft 2020-12) of a job as a user writes it. */
export function jobJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(jobSchema, { io: 'input', unrepresentable: 'any', override: dropBytes });
  return {
    title: 'Hotcell job',
    ...schema,
    anyOf: [{ required: ['command'] }, { required: ['entrypoint'] }],
  };
}

/** The JSON Schema (draft 2020-12) of an outcome as Hotcell writes it. */
export function outcomeJsonSchema(): JsonSchema {
  return { title: 'Hotcell outcome', ...z.toJSONSchema(outcomeSchema, { io: 'output' }) };
}
