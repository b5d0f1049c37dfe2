/** Who is to blame when a program and its interactor do not come to a good end together. Pure. */
import type { Judgement } from '../judge/index.js';
import type { Status } from '../spec/index.js';
import type { Dialogue } from './interactor.js';
import type { Ruling } from './serving.js';

/** A judgement that may be an error, and then says why. */
export interface Verdicted extends Judgement {
  /** One line: why it could not be judged; null unless the verdict is `error` for a reason outside of the program. */
  readonly error: string | null;
}

export const errorOf = (error: string): Verdicted => ({
  verdict: 'error',
  failures: [],
  differences: [],
  error,
});

const skipped: Verdicted = { verdict: 'skipped', failures: [], differences: [], error: null };

/** What the judgement becomes with the word of a checker or an interactor. */
export function applyRuling(judged: Judgement, ruling: Ruling, reasonFirst: boolean): Verdicted {
  switch (ruling.kind) {
    case 'right':
      return { ...judged, error: null };
    case 'cancelled':
      return skipped;
    case 'broken':
      return errorOf(ruling.reason);
    case 'wrong': {
      const { failures } = judged;
      const all = reasonFirst ? [ruling.reason, ...failures] : [...failures, ruling.reason];
      return { ...judged, verdict: 'failed', failures: all, error: null };
    }
  }
}

const SILENT_INTERACTOR =
  'the interactor was silent when it was to speak, until the wall time of the program ran out';
const SILENT_PROGRAM =
  'the program was silent when it was to speak, until the wall time of the interactor ran out';

/**
 * An interactor that ends so when the program is gone had been listening: a program that writes half an answer, or
 * anything at all, and then sleeps must not be able to blame it.
 */
const BY_ITSELF: ReadonlySet<Status> = new Set(['ok', 'nonzero-exit', 'signaled']);

/** Whose wall time ran out first while the other was to speak; what each of them would be blamed for alone does not hold. */
function bySilence(
  { program, interactor, endedFirst, spokeLast }: Dialogue,
  judged: Judgement,
): Verdicted | null {
  const first = endedFirst === 'program' ? program : interactor;
  if (first.status !== 'wall-time-exceeded' || spokeLast !== endedFirst) return null;
  if (endedFirst === 'program') return BY_ITSELF.has(interactor.status) ? null : errorOf(SILENT_INTERACTOR);
  return { ...judged, verdict: 'failed', failures: [SILENT_PROGRAM, ...judged.failures], error: null };
}

/**
 * A program that was never really tried stays so. Then silence counts, then who broke first: a program that ended badly
 * before its interactor broke is to blame itself, for an interactor may break because of it.
 */
export function judgeDialogue(dialogue: Dialogue, judged: Judgement, ruling: Ruling): Verdicted {
  if (judged.verdict === 'skipped' || judged.verdict === 'error') return { ...judged, error: null };
  if (ruling.kind === 'cancelled') return skipped;
  const silence = bySilence(dialogue, judged);
  if (silence !== null) return silence;
  const programFirst = dialogue.endedFirst === 'program';
  if (ruling.kind === 'broken' && programFirst && judged.verdict === 'failed')
    return { ...judged, error: null };
  return applyRuling(judged, ruling, !programFirst);
}
