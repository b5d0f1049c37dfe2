import { Flag } from '../flag.js';

const LIMITS = 'Limits (sizes: 64m, 512MiB, 1g; times: 500ms, 2s, 1m30s):';

export const limitFlags = (): Flag[] => [
  new Flag({
    flags: '-m, --memory <size>',
    description: 'memory of all its processes, no swap (default: 512MiB)',
    group: LIMITS,
    jobPath: 'limits.memory',
  }),
  new Flag({
    flags: '--cpu-time <time>',
    description: 'CPU time of all its processes (default: 1m)',
    group: LIMITS,
    jobPath: 'limits.cpuTime',
  }),
  new Flag({
    flags: '--timeout <time>',
    description: 'time on the clock (default: 5m; none with -t)',
    group: LIMITS,
    jobPath: 'limits.wallTime',
  }),
  new Flag({
    flags: '--cpus <number>',
    description: 'at most this many at a time, 0.5 is half of one (default: all)',
    group: LIMITS,
    jobPath: 'limits.cpus',
  }),
  new Flag({
    flags: '--cpuset <list>',
    description: 'the ones it may run on, such as 0-2,4 (default: all)',
    group: LIMITS,
    jobPath: 'limits.cpuset',
  }),
  new Flag({ flags: '--cpuset-cpus <list>', description: 'the same', group: LIMITS, hidden: true }),
  new Flag({
    flags: '--pids-limit <number>',
    description: 'processes and threads at once (default: 256)',
    group: LIMITS,
    jobPath: 'limits.pids',
  }),
  new Flag({
    flags: '--output-limit <size>',
    description: 'bytes on stdout, and as many on stderr (default: 16MiB)',
    group: LIMITS,
    jobPath: 'limits.output',
  }),
  new Flag({
    flags: '--disk <size>',
    description: 'all that it writes, in all places (default: 256MiB)',
    group: LIMITS,
    jobPath: 'limits.disk',
  }),
  new Flag({
    flags: '--inodes <number>',
    description: 'files and directories it makes (default: 65536)',
    group: LIMITS,
    jobPath: 'limits.inodes',
  }),
  new Flag({
    flags: '--ulimit <name=value>',
    description: 'nofile (open files), fsize, stack (bytes), cpu (s) *',
    group: LIMITS,
    repeatable: true,
    completes: ['nofile=', 'fsize=', 'stack=', 'cpu=', 'core=0'],
  }),
];
