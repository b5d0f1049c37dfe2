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
const REASON_BYTES = 8192;
const REASON_LINES = 20;

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

const trimmed = (written: Buffer): Buffer => Buffer.from(written.toString('latin1').trim(), 'latin1');

/** What it wrote to explain itself, on one line. */
const explanation = (written: Buffer): string => headText(trimmed(written), REASON_CHARACTERS);

/** The same with the lines that it has, for what may have several. */
function explanationLines(written: Buffer): string {
  const lines = trimmed(written)
    .subarray(0, REASON_BYTES)
    .toString('latin1')
    .split(/\r?\n/, REASON_LINES + 1);
  const shown = lines
    .slice(0, REASON_LINES)
    .map((line) => headText(Buffer.from(line.trimEnd(), 'latin1'), REASON_CHARACTERS));
  return [...shown, ...(lines.length > REASON_LINES ? ['…'] : [])].join('\n');
}

/** @param written all that it wrote to explain itself */
export function rulingOf(role: string, outcome: Outcome, written: Buffer): Ruling {
  const kind = isWrong(outcome) ? 'wrong' : KINDS[outcome.status];
  if (kind === 'right' || kind === 'cancelled') return { kind };
  const said = kind === 'wrong' ? explanationLines(written) : explanation(written);
  const { message, exitCode, status } = outcome;
  const ending = message ?? (exitCode === null ? status : `exit code ${exitCode}`);
  if (kind === 'wrong') return { kind, reason: `${role}: ${said || ending}` };
  return { kind, reason: `the ${role} broke: ${ending}${said === '' ? '' : `: ${said}`}` };
}
