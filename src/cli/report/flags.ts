import { Flag } from '../flag.js';
import { reporterFlag } from '../test/flags.js';

const RESULTS = 'Results:';

export const reportFlags = (): Flag[] => [reporterFlag(RESULTS)];

export interface ReportFlags {
  readonly reporter?: readonly string[];
  readonly color?: boolean;
}

export const diffFlags = (): Flag[] => [
  new Flag({ flags: '--json', description: 'print the differences as JSON', group: RESULTS }),
];

export interface DiffFlags {
  readonly json?: boolean;
  readonly color?: boolean;
}
