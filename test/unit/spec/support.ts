import { HotcellError } from '../../../src/core/index.js';
import { type CheckedJob, parseJob } from '../../../src/spec/index.js';

/** A job that is right but for what is given. */
export const jobWith = (part: Record<string, unknown>): CheckedJob =>
  parseJob({ command: ['./program'], ...part });

/** The lines of the HotcellError that `action` throws; any other error comes through, none gives []. */
export function problemsOf(action: () => unknown): string[] {
  try {
    action();
    return [];
  } catch (error) {
    if (!(error instanceof HotcellError)) throw error;
    if (error.code !== 'invalid-spec') throw error;
    return error.message.split('\n');
  }
}

/** The problems of a job that is right but for what is given. */
export const problemsWith = (part: Record<string, unknown>): string[] => problemsOf(() => jobWith(part));
