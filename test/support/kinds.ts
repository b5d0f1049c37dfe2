import type { JobInput } from '../../src/spec/index.js';
import { type Ending, exited, killed, signaled } from './cell.js';
import { programJob } from './programs.js';

/** Every way to end that needs a different clean-up; most of them quick. */
const KINDS: readonly [JobInput, Ending][] = [
  [programJob('exit-with', [0]), exited(0)],
  [programJob('exit-with', [3]), exited(3)],
  [programJob('raise-signal', [9]), signaled('SIGKILL')],
  [programJob('crash', ['null']), signaled('SIGSEGV')],
  [programJob('orphan-daemon'), exited(0)],
  [programJob('close-stdio', [0]), exited(7)],
  [programJob('write-bytes', [70_000, 10]), exited(0)],
  [programJob('make-awkward-files'), exited(0)],
  [programJob('leave-traces', ['soak']), exited(0)],
  [programJob('flood-stdout', ['both'], { limits: { output: '64KiB' } }), killed('output')],
  [programJob('spin', [], { limits: { cpuTime: 2 } }), killed('cpu-time')],
  [programJob('sleep-forever', [], { limits: { wallTime: 2 } }), killed('wall-time')],
  [programJob('allocate-at-once', [64], { limits: { memory: '16MiB' } }), killed('memory')],
  [programJob('fork-bomb', ['return'], { limits: { pids: 16 } }), exited(0)],
  [programJob('setsid-storm', ['return'], { limits: { pids: 16 } }), exited(0)],
];

/** Job number `index` of a long mixed series, and how it must end. */
export const kind = (index: number): readonly [JobInput, Ending] => {
  const found = KINDS[index % KINDS.length];
  if (found === undefined) throw new Error('no kinds');
  return found;
};
