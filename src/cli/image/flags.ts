import { GENERAL } from '../common-flags.js';
import { Flag } from '../flag.js';

const WHICH = 'Which images:';
const HOW = 'How they are shown:';
const WHAT = 'What is done:';

const noTrunc = (): Flag => new Flag({ flags: '--no-trunc', description: 'nothing cut off', group: HOW });

const quiet = (description: string): Flag => new Flag({ flags: '-q, --quiet', description, group: HOW });

const platform = (): Flag =>
  new Flag({
    flags: '--platform <platform>',
    description: 'such as linux/arm64 (default: that of this host)',
    group: WHICH,
    completes: ['linux/amd64', 'linux/arm64'],
  });

const tableFormat = (): Flag =>
  new Flag({
    flags: '--format <format>',
    description: 'json, table, or a template; see below',
    group: HOW,
    completes: ['json', 'table'],
  });

export const lsFlags = (): Flag[] => [
  new Flag({ flags: '-a, --all', description: 'accepted out of habit: all are shown', group: WHICH }),
  new Flag({
    flags: '-f, --filter <key=value>',
    description: 'only images that fit; see below *',
    group: WHICH,
    repeatable: true,
    completes: ['reference=', 'label=', 'label!=', 'dangling=true', 'before=', 'since=', 'until='],
  }),
  new Flag({ flags: '--digests', description: "also their registries' digests", group: HOW }),
  tableFormat(),
  noTrunc(),
  quiet('only ids'),
];

export const inspectFlags = (): Flag[] => [
  new Flag({
    flags: '-f, --format <format>',
    description: 'json for a line each, or a template (default: a JSON list)',
    group: HOW,
    completes: ['json'],
  }),
];

export const historyFlags = (): Flag[] => [tableFormat(), noTrunc(), quiet('only ids')];

export const loadFlags = (): Flag[] => [
  new Flag({
    flags: '-i, --input <file>',
    description: 'the archive (default: standard input)',
    group: WHICH,
    completes: 'file',
  }),
  platform(),
  quiet('only ids, and no progress'),
];

export const saveFlags = (): Flag[] => [
  new Flag({
    flags: '-o, --output <file>',
    description: 'write to a file (default: standard output)',
    group: WHAT,
    completes: 'file',
  }),
];

export const importFlags = (): Flag[] => [
  new Flag({
    flags: '-c, --change <instruction>',
    description: "a Dockerfile's, such as 'CMD [\"bash\"]' *",
    group: WHAT,
    repeatable: true,
  }),
  new Flag({
    flags: '-m, --message <text>',
    description: 'a comment, to be read in its history',
    group: WHAT,
  }),
  new Flag({
    flags: '--platform <platform>',
    description: 'what it is for, such as linux/arm64 (default: this host)',
    group: WHAT,
    completes: ['linux/amd64', 'linux/arm64'],
  }),
];

export const rmFlags = (): Flag[] => [
  new Flag({ flags: '-f, --force', description: 'with all of its names', group: WHAT }),
];

export const pullFlags = (): Flag[] => [platform(), quiet('only the id, and no progress')];

export const pushFlags = (): Flag[] => [quiet('only the digest, and no progress')];

export const pruneFlags = (): Flag[] => [
  new Flag({
    flags: '-a, --all',
    description: 'those with a name as well, unless a run uses them',
    group: WHICH,
  }),
  new Flag({
    flags: '--filter <key=value>',
    description: 'only images that fit; see below *',
    group: WHICH,
    repeatable: true,
    completes: ['until=', 'label=', 'label!='],
  }),
  new Flag({ flags: '-f, --force', description: 'do not ask', group: GENERAL }),
];
