import { invalidSpec, quote } from '../../core/index.js';
import type { Seccomp, SeccompProfile } from './profile.js';
import { SECCOMP_BOUNDS } from './words.js';

/**
 * A profile in docker's format from the text of a file.
 *
 * @param source what messages call the file
 * @throws HotcellError `invalid-spec` with one line `source:line:column: …` per problem
 */
export async function parseSeccompProfile(text: string, source: string): Promise<SeccompProfile> {
  // What finds places in a text is large, and most jobs have no profile.
  return (await import('./from-text.js')).profileOfText(text, source);
}

/** The same from a file of the host. @throws HotcellError `invalid-spec` also for a file that cannot be read */
export async function readSeccompProfile(path: string): Promise<SeccompProfile> {
  const { readText } = await import('../suite/read-text.js');
  const text = await readText(path, { maxBytes: SECCOMP_BOUNDS.fileBytes }).catch((error: unknown) => {
    throw invalidSpec(`seccomp: ${quote(path)}: ${(error as Error).message}`);
  });
  return await parseSeccompProfile(text, path);
}

/** The job with its seccomp profile read, if it names a file. @throws as {@link readSeccompProfile} */
export async function resolveSeccomp<Job extends { readonly seccomp: Seccomp }>(job: Job): Promise<Job> {
  const { seccomp } = job;
  if (typeof seccomp === 'string' || seccomp.kind === 'profile') return job;
  const { path } = seccomp;
  return { ...job, seccomp: { kind: 'profile', path, profile: await readSeccompProfile(path) } };
}
