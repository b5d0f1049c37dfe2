import { Flag } from './flag.js';

const CHECKING = 'What is checked:';

export const validateFlags = (): Flag[] => [
  new Flag({
    flags: '--allow-outside',
    description: 'let suites name files outside of their own directory',
    group: CHECKING,
  }),
  new Flag({
    flags: '--allow-unsafe',
    description: 'let suites ask for less isolation, the host network, all system calls',
    group: CHECKING,
  }),
  new Flag({ flags: '-q, --quiet', description: 'say nothing when all is well', group: CHECKING }),
];

export interface ValidateFlags {
  readonly allowOutside?: boolean;
  readonly allowUnsafe?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
}
