import * as z from 'zod';

const callSchema = z.strictObject({
  name: z.string().meta({ description: 'call NUMBER where it has no name' }),
  args: z
    .array(z.int().nonnegative())
    .meta({ description: 'those that say what it is about, such as the domain of a socket; 32 bits each' }),
  count: z.int().positive(),
  refused: z
    .string()
    .nullable()
    .meta({ description: 'what the policy would have answered: an error, SIGSYS or killed; null: allowed' }),
});

/** The system calls of a traced run, most frequent first. */
export const systemCallsSchema = z.strictObject({
  calls: z.array(callSchema),
  uncounted: z.int().nonnegative().meta({ description: 'calls of more kinds than there was room for' }),
});

export type SystemCalls = z.output<typeof systemCallsSchema>;
