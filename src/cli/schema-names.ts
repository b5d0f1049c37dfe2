/** What there is a JSON Schema of. */
export const SCHEMA_NAMES = ['job', 'suite', 'outcome', 'report'] as const;

export type SchemaName = (typeof SCHEMA_NAMES)[number];
