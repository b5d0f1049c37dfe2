import * as z from 'zod';
import { show } from '../core/index.js';
import { closed } from './shape.js';

/** The size of the terminal that the program sees, in characters. */
export interface TtySize {
  readonly rows: number;
  readonly cols: number;
}

/** struct winsize holds 16 bits each. See ioctl_tty(2). */
const MAX_CHARACTERS = 65_535;

const characters = z
  .int({ error: ({ input }) => (input === undefined ? undefined : `${show(input)} is not a whole number`) })
  .min(1, { error: ({ input }) => `${show(input)} is too small; at least 1` })
  .max(MAX_CHARACTERS, { error: ({ input }) => `${show(input)} is too large; at most ${MAX_CHARACTERS}` });

const size = closed(
  { rows: characters, cols: characters },
  { aliases: { columns: 'cols', width: 'cols', height: 'rows', lines: 'rows' } },
);

export const ttySchema: z.ZodType<false | TtySize, false | { rows: number; cols: number }> = z.union(
  [z.literal(false), size],
  {
    error: ({ input }) =>
      typeof input === 'object' && input !== null
        ? ''
        : `${show(input)} is not a terminal; use false or { rows: 24, cols: 80 }`,
  },
);
