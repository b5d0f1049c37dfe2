import { Flag } from '../flag.js';

export const initFlags = (): Flag[] => [
  new Flag({ flags: '-f, --force', description: 'replace files that are there already', group: 'Files:' }),
];

export interface InitFlags {
  readonly force?: boolean;
  readonly color?: boolean;
}
