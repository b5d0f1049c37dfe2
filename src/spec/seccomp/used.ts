import * as z from 'zod';
import type { Seccomp } from './profile.js';
import { SECCOMP_NAMES } from './words.js';

/** Which filter a program ran under. */
export const seccompUsedSchema = z.strictObject({
  policy: z
    .enum([...SECCOMP_NAMES, 'profile', 'none'])
    .meta({ description: 'none: this level of isolation has no filter' }),
  path: z.string().nullable().meta({ description: 'of a profile that was read from a file' }),
});

export type SeccompUsed = z.output<typeof seccompUsedSchema>;

export function seccompUsed({
  isolation,
  seccomp,
}: {
  readonly isolation: string;
  readonly seccomp: Seccomp;
}): SeccompUsed {
  if (isolation !== 'full') return { policy: 'none', path: null };
  return typeof seccomp === 'string'
    ? { policy: seccomp, path: null }
    : { policy: 'profile', path: seccomp.path };
}
