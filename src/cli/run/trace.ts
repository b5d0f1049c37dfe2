/** What `--seccomp-trace` says and writes when the run is over. */
import { quote } from '../../core/index.js';
import type { Outcome } from '../../spec/index.js';
import { reason } from '../reason.js';
import { writeHostFile } from './host-file.js';

type Traced = Pick<Outcome, 'systemCalls' | 'isolation'>;

/** What a file of that name could not be, so that no profile is written. */
const ONLY_LIST = '-';

const argument = (value: number): string => (value < 1024 ? String(value) : `0x${value.toString(16)}`);

function heldAgainst({ isolation: { seccomp } }: Traced): string {
  return seccomp?.path ?? seccomp?.policy ?? 'default';
}

/** A line each, those first that the policy would have refused. */
export function traceLines(outcome: Traced): string[] {
  const { systemCalls } = outcome;
  if (systemCalls === undefined) return [];
  const { calls, uncounted } = systemCalls;
  const sorted = [
    ...calls.filter(({ refused }) => refused !== null),
    ...calls.filter((c) => c.refused === null),
  ];
  const width = Math.max(5, ...calls.map(({ count }) => String(count).length));
  const lines = sorted.map(({ name, args, count, refused }) => {
    const shown = args.length === 0 ? name : `${name}(${args.map(argument).join(', ')})`;
    return `${String(count).padStart(width)} ${shown}${refused === null ? '' : `  refused: ${refused}`}`;
  });
  const more = uncounted === 0 ? [] : [`${uncounted} more calls, of more kinds than are told apart`];
  return [`system calls, and which the policy ${heldAgainst(outcome)} would refuse:`, ...lines, ...more];
}

/** @returns why the profile could not be written */
export async function writeTracedProfile(path: string | null, outcome: Traced | null): Promise<string[]> {
  if (path === null || path === ONLY_LIST || outcome?.systemCalls === undefined) return [];
  const { profileOfSystemCalls } = await import('../../engine/index.js');
  try {
    const text = profileOfSystemCalls(outcome.systemCalls, heldAgainst(outcome));
    await writeHostFile(path, Buffer.from(text));
    return [];
  } catch (error) {
    return [`--seccomp-trace: ${quote(path)}: ${reason(error)}`];
  }
}
