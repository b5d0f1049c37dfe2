import { quote } from '../../core/index.js';
import type { Outcome } from '../../spec/index.js';
import { codeOf, reason } from '../reason.js';
import { endingLine } from './ending-line.js';
import { BROKEN_PIPE, codeOfSignal, exitCodeOf, OWN_FAULT } from './exit-code.js';
import { withFlagNames } from './job-problems.js';
import { notes } from './notes.js';
import type { RunPlan } from './plan.js';
import type { Supervision } from './supervise.js';

type Asked = Pick<RunPlan, 'limits' | 'quiet' | 'job'>;

export interface Conclusion {
  /** For standard error, without "hotcell: ". */
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** The reader of our output has gone: as with `yes | head`, that is nobody's fault and nothing to talk about. */
const isBrokenPipe = (error: unknown): boolean => codeOf(error) === 'EPIPE';

function withoutOutcome(cancelledBy: string | undefined, quiet: boolean): Conclusion {
  const signal = cancelledBy ?? 'SIGINT';
  return { lines: quiet ? [] : [`killed: cancelled by ${signal}`], exitCode: codeOfSignal(signal) };
}

function missingOutputs(outcome: Outcome): string[] {
  return outcome.outputs.flatMap(({ path, error }) =>
    error === null ? [] : [`--copy-out: ${quote(path)}: ${error}`],
  );
}

/** An ordinary user's limits are weaker than root's in every run. Who named none is not told each time; the outcome has it. */
function degradedLines(outcome: Outcome, { limits, job, quiet }: Asked): string[] {
  const asked = job.allowDegraded === true || limits.explicit.length > 0;
  return quiet || !asked
    ? []
    : outcome.isolation.degraded.map((control) => `weaker than asked: ${withFlagNames(control)}`);
}

/** What is said about a run, and with which code Hotcell exits. `problems` are faults of ours while files came out. */
export function conclude(
  plan: Asked,
  { outcome, cancelledBy, outputError, inputError }: Supervision,
  problems: readonly string[],
): Conclusion {
  if (isBrokenPipe(outputError)) return { lines: [], exitCode: BROKEN_PIPE };
  if (outcome === null) return withoutOutcome(cancelledBy, plan.quiet);
  const unwritten =
    outputError === undefined ? [] : [`cannot write the program's output: ${reason(outputError)}`];
  const unread = inputError === undefined ? [] : [`cannot read standard input: ${reason(inputError)}`];
  const ending = endingLine(outcome, { ...plan, cancelledBy: cancelledBy ?? 'SIGINT' });
  const missing = missingOutputs(outcome);
  const own = exitCodeOf(outcome, cancelledBy);
  const faults = [...unwritten, ...problems];
  return {
    lines: [
      ...degradedLines(outcome, plan),
      ...(ending === null || unwritten.length > 0 ? [] : [ending]),
      ...(plan.quiet ? [] : notes(outcome, plan.limits)),
      ...unread,
      ...missing,
      ...faults,
    ],
    // A program that failed has a better reason than the missing file that follows from it.
    exitCode: faults.length > 0 || (own === 0 && missing.length > 0) ? OWN_FAULT : own,
  };
}
