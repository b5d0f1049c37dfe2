import { Flag } from '../flag.js';
import { reporterFlag } from '../test/flags.js';

const RESULTS = 'Results:';

export const reportFlags = (): Flag[] => [
  reporterFlag(RESULTS),
  new Flag({
    flags: '--latest',
    description: 'of a case that is in several reports, count the run that ended last',
    group: RESULTS,
  }),
];

export interface ReportFlags {
  readonly reporter?: readonly string[];
  readonly latest?: boolean;
  readonly color?: boolean;
}

export const diffFlags = (): Flag[] => [
  new Flag({ flags: '--json', description: 'print the differences as JSON', group: RESULTS }),
];

export interface DiffFlags {
  readonly json?: boolean;
  readonly color?: boolean;
}
