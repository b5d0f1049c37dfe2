import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { nearest, quote } from '../../core/index.js';
import { type JobInput, SECCOMP_NAMES } from '../../spec/index.js';
import { codeOf, reason } from '../reason.js';
import type { RunFlags } from './flags.js';
import { asUsage } from './job-problems.js';
import { oneOf, usageError } from './values.js';

type Seccomp = Exclude<JobInput['seccomp'], undefined>;

/** What docker has besides a filter, and every run here has anyway. */
const OTHERS = ['no-new-privileges', 'no-new-privileges=true', 'no-new-privileges:true'];

/** docker's word for its default. */
const BUILTIN = 'builtin';

const SECCOMP = /^seccomp[=:](.+)$/s;

/** A word, or else a file; `./strict` is a file of that name. */
function seccompOf(word: string, cwd: string): Seccomp {
  return SECCOMP_NAMES.find((name) => name === word) ?? { path: resolve(cwd, word) };
}

function ofSecurityOption(option: string, cwd: string): Seccomp[] {
  const word = SECCOMP.exec(option)?.[1];
  if (word !== undefined) return [word === BUILTIN ? 'default' : seccompOf(word, cwd)];
  oneOf('--security-opt', option, [...OTHERS, 'seccomp=FILE', ...SECCOMP_NAMES.map((n) => `seccomp=${n}`)]);
  return [];
}

const isSame = (a: Seccomp, b: Seccomp): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What `--seccomp` and `--security-opt` say of the filter, which of several options is the last one's. */
export function planSeccomp({ seccomp, securityOpt = [] }: RunFlags, cwd: string): Seccomp | undefined {
  const option = securityOpt.flatMap((one) => ofSecurityOption(one, cwd)).at(-1);
  const own = seccomp === undefined ? undefined : seccompOf(seccomp, cwd);
  if (own !== undefined && option !== undefined && !isSame(own, option))
    throw usageError('--seccomp and --security-opt seccomp=… are the same; give one of them');
  return own ?? option;
}

/** A word that was meant as one of ours looks like a file that is not there. @throws HotcellError `invalid-usage` */
export async function checkSeccompFile(seccomp: JobInput['seccomp'], flag = '--seccomp'): Promise<void> {
  if (typeof seccomp !== 'object' || seccomp.path === undefined) return;
  const { path } = seccomp;
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    const word = nearest(path.slice(path.lastIndexOf('/') + 1), SECCOMP_NAMES);
    const hint = codeOf(error) !== 'ENOENT' || word === undefined ? '' : `; did you mean ${quote(word)}?`;
    throw usageError(`${flag}: ${quote(path)}: ${reason(error)}${hint}`, error);
  }
}

/** What makes a profile refuse less than it seems to, a line each. @throws HotcellError `invalid-usage` for a bad one */
export async function seccompNotes(seccomp: JobInput['seccomp']): Promise<string[]> {
  if (typeof seccomp !== 'object' || seccomp.path === undefined) return [];
  await checkSeccompFile(seccomp);
  const { seccompWarnings } = await import('../../engine/index.js');
  try {
    return (await seccompWarnings(seccomp.path)).map((line) => `note: --seccomp: ${line}`);
  } catch (error) {
    throw asUsage(error);
  }
}
