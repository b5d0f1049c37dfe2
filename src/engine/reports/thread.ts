/** Writes reports in a thread of its own, told one thing after the other. */

import { workerData } from 'piscina';
import { HotcellError } from '../../core/index.js';
import { createReporter, type Reporter } from '../../report/index.js';
import { Independent } from './independent.js';
import type { Answer, ReportThreadData, Told } from './messages.js';

const { specs } = workerData as ReportThreadData;
const reporter: Reporter = new Independent(specs.map(({ name, file }) => createReporter(name, { file })));

async function tell(told: Told): Promise<void> {
  if (told.kind === 'start') await reporter.onStart?.(told.start);
  else if (told.kind === 'outcomes') for (const outcome of told.outcomes) await reporter.onOutcome(outcome);
  else if (told.kind === 'end') await reporter.onEnd?.(told.summary);
  else await reporter.onAbort?.();
}

export async function answer(told: Told): Promise<Answer> {
  try {
    await tell(told);
    return null;
  } catch (error) {
    const { code = null, hint } = error instanceof HotcellError ? error : { hint: undefined };
    return { code, message: error instanceof Error ? error.message : String(error), hint };
  }
}
