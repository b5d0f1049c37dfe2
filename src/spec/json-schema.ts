import { z } from 'zod';
import { jobSchema } from './job.js';
import { outcomeSchema } from './outcome.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

interface Node {
  readonly zodSchema: z.core.$ZodTypes;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

const isAnything = (schema: object): boolean => Object.keys(schema).length === 0;

/** Bytes have no JSON form. zod writes such an alternative as "anything", which would make the others pointless. */
function dropBytes({ zodSchema, jsonSchema }: Node): void {
  if (zodSchema._zod.def.type !== 'union' || jsonSchema.anyOf === undefined) return;
  jsonSchema.anyOf = jsonSchema.anyOf.filter((schema) => !isAnything(schema));
}

/** zod drops the default of a schema that transforms, since it might be meant for the result; ours are for the input. */
function restoreDefault({ zodSchema, jsonSchema }: Node): void {
  const fallback = z.globalRegistry.get(zodSchema)?.default as z.core.util.JSONType | undefined;
  if (fallback !== undefined && fallback !== null) jsonSchema.default = fallback;
}

/** The JSON Schema (draft 2020-12) of a job as a user writes it. */
export function jobJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(jobSchema, {
    io: 'input',
    unrepresentable: 'any',
    override: (node) => {
      dropBytes(node);
      restoreDefault(node);
    },
  });
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
