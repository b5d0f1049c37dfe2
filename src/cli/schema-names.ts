/** What there is a JSON Schema of. */
export const SCHEMA_NAMES = ['job', 'outcome'] as const;

export type SchemaName = (typeof SCHEMA_NAMES)[number];
