/** What the endings of a checker or an interactor mean for the program they serve. */
import { headText } from '../judge/index.js';
import type { Outcome, Status } from '../spec/index.js';

/** `right` and `wrong` are said of the program; `broken` is said of the one that was to judge it. */
export type Ruling =
  | { readonly kind: 'right' | 'cancelled' }
  | { readonly kind: 'wrong' | 'broken'; readonly reason: string };

type Kind = Ruling['kind'];

const WRONG_EXIT_CODE = 1;
const REASON_CHARACTERS = 1000;

const KINDS: Readonly<Record<Status, Kind>> = {
  ok: 'right',
  'nonzero-exit': 'broken',
  signaled: 'broken',
  'cpu-time-exceeded': 'broken',
  'wall-time-exceeded': 'broken',
  'memory-exceeded': 'broken',
  'output-exceeded': 'broken',
  'syscall-denied': 'broken',
  cancelled: 'cancelled',
  'start-failed': 'broken',
  'internal-error': 'broken',
};

const isWrong = ({ status, exitCode }: Outcome): boolean =>
  status === 'nonzero-exit' && exitCode === WRONG_EXIT_CODE;

/** What it wrote to explain itself, on one line. */
function explanation(written: Buffer): string {
  return headText(Buffer.from(written.toString('latin1').trim(), 'latin1'), REASON_CHARACTERS);
}

/** @param written all that it wrote to explain itself */
export function rulingOf(role: string, outcome: Outcome, written: Buffer): Ruling {
  const kind = isWrong(outcome) ? 'wrong' : KINDS[outcome.status];
  if (kind === 'right' || kind === 'cancelled') return { kind };
  const said = explanation(written);
  const { message, exitCode, status } = outcome;
  const ending = message ?? (exitCode === null ? status : `exit code ${exitCode}`);
  if (kind === 'wrong') return { kind, reason: `${role}: ${said || ending}` };
  return { kind, reason: `the ${role} broke: ${ending}${said === '' ? '' : `: ${said}`}` };
}
