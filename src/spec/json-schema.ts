import * as z from 'zod';
import { bytesSchema } from './content.js';
import { jobSchema } from './job.js';
import { outcomeSchema } from './outcome.js';
import { suiteSchema } from './suite/input.js';
import { asPartOfSuite, withDefinitions } from './suite/json-schema.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

interface Node {
  readonly zodSchema: z.core.$ZodTypes;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

/** Bytes have no JSON form. zod writes such an alternative as "anything", which would make the others pointless. */
function dropBytes({ zodSchema, jsonSchema }: Node): void {
  const { def } = zodSchema._zod;
  if (def.type !== 'union' || jsonSchema.anyOf === undefined) return;
  // Not by what is written so far: of some alternatives nothing is yet.
  jsonSchema.anyOf = jsonSchema.anyOf.filter((_schema, index) => def.options[index] !== bytesSchema);
}

/** zod drops the default of a schema that transforms, since it might be meant for the result; ours are for the input. */
function restoreDefault({ zodSchema, jsonSchema }: Node): void {
  const fallback = z.globalRegistry.get(zodSchema)?.default as z.core.util.JSONType | undefined;
  if (fallback !== undefined && fallback !== null) jsonSchema.default = fallback;
}

function inputSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: (node) => {
      dropBytes(node);
      restoreDefault(node);
    },
  });
}

/** Only such an image may say what is run. */
const FROM_STORE = { required: ['image'], properties: { image: { not: { pattern: '^(host$|dir:)' } } } };

/** The JSON Schema (draft 2020-12) of a job as a user writes it. */
export function jobJsonSchema(): JsonSchema {
  return {
    title: 'Hotcell job',
    ...inputSchema(jobSchema),
    anyOf: [{ required: ['command'] }, { required: ['entrypoint'] }, FROM_STORE],
  };
}

/** The JSON Schema (draft 2020-12) of a suite as a user writes it. */
export function suiteJsonSchema(): JsonSchema {
  const schema = asPartOfSuite(inputSchema(suiteSchema)) as JsonSchema;
  return { title: 'Hotcell suite', ...withDefinitions(schema) };
}

/** The JSON Schema (draft 2020-12) of an outcome as Hotcell writes it. */
export function outcomeJsonSchema(): JsonSchema {
  return { title: 'Hotcell outcome', ...z.toJSONSchema(outcomeSchema, { io: 'output' }) };
}
