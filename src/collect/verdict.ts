/** What happened, from the facts: the first cause wins, and nothing unknown becomes a pass. Pure. */
import { constants } from 'node:os';
import { errnoText, formatBytes, formatMs } from '../core/index.js';
import type {
  Cause,
  Job,
  KillReason,
  LaunchFailure,
  RunFacts,
  StartFailure,
  Status,
  Step,
} from '../spec/index.js';
import { startFailure, startMessage } from './start-message.js';

export interface Ending {
  readonly status: Status;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly killedBy: KillReason | null;
  readonly message: string | null;
  readonly startFailure: StartFailure | null;
}

const SIGNAL_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals)
    .filter(([name]) => name !== 'SIGIOT' && name !== 'SIGPOLL' && name !== 'SIGUNUSED')
    .map(([name, number]) => [number, name]),
);

/** glibc keeps the first two real-time signals for itself, so SIGRTMIN is 34; see signal(7). */
const RTMIN = 34;

export function signalName(signo: number): string {
  const known = SIGNAL_NAMES.get(signo);
  if (known !== undefined) return known;
  if (signo >= RTMIN) return signo === RTMIN ? 'SIGRTMIN' : `SIGRTMIN+${signo - RTMIN}`;
  return `SIG${signo}`;
}

/** The job asked for something that cannot be had: not a fault of ours. Everything else that fails before exec is. */
const JOBS_OWN_STEPS: ReadonlySet<Step> = new Set<Step>([
  'exec',
  'workdir',
  'source',
  'idmap',
  'copy',
  'file',
  'directory',
  'bind',
  'overlay',
  'tmpfs',
  'rlimit',
  'hold',
  'symlink',
  'trace',
]);

const { EBADF, EFAULT, EINTR, EIO, EMFILE, ENFILE, ENOMEM } = constants.errno;

/** What a host is short of, or broken in: no part of a job is wrong then. But of a program that cannot be executed they say more. */
const OF_THE_HOST: ReadonlySet<number> = new Set([EBADF, EFAULT, EINTR, EIO, EMFILE, ENFILE, ENOMEM]);

const isJobs = ({ step, errno }: LaunchFailure): boolean =>
  JOBS_OWN_STEPS.has(step) && (step === 'exec' || !OF_THE_HOST.has(errno));

const NOTHING = { exitCode: null, signal: null, killedBy: null, message: null, startFailure: null } as const;

function failed(failure: LaunchFailure, job: Job): Ending {
  if (isJobs(failure)) {
    return {
      ...NOTHING,
      status: 'start-failed',
      message: startMessage(failure, job),
      startFailure: startFailure(failure),
    };
  }
  const errno = failure.errno === 0 ? '' : `: ${errnoText(failure.errno)}`;
  return { ...NOTHING, status: 'internal-error', message: `step ${failure.step}: ${failure.detail}${errno}` };
}

const atLeast = (
  facts: RunFacts,
  metric: 'cpuNs' | 'wallNs' | 'rusageCpuNs',
  limitMs: number | null,
): boolean => limitMs !== null && (facts.metrics.get(metric) ?? 0) >= limitMs * 1e6;

/** The limit that ended it: what the launcher killed for, or what the counters show although it ended by itself. */
function exceeded(facts: RunFacts, { limits }: Job): Exclude<Cause, 'none' | 'shutdown'> | null {
  // Whoever had it killed was first; what the counters show besides came after.
  if (facts.cause !== 'none' && facts.cause !== 'shutdown') return facts.cause;
  if ((facts.metrics.get('oomKills') ?? 0) > 0) return 'memory';
  if (atLeast(facts, 'wallNs', limits.wallTimeMs)) return 'wallTime';
  const cpu = facts.metrics.has('cpuNs') ? 'cpuNs' : 'rusageCpuNs';
  if (atLeast(facts, cpu, limits.cpuTimeMs)) return 'cpuTime';
  if (facts.truncated.stdout || facts.truncated.stderr) return 'output';
  return null;
}

const ms = (facts: RunFacts, metric: 'cpuNs' | 'wallNs' | 'rusageCpuNs'): string => {
  const ns = facts.metrics.get(metric);
  return ns === undefined ? 'unknown' : formatMs(Math.round(ns / 1e3) / 1e3);
};

type LimitCause = Exclude<Cause, 'none' | 'shutdown'>;

const LIMIT_ENDINGS: Readonly<
  Record<LimitCause, { status: Status; killedBy: KillReason; say: (facts: RunFacts, job: Job) => string }>
> = {
  cancel: { status: 'cancelled', killedBy: 'cancel', say: () => 'cancelled' },
  memory: {
    status: 'memory-exceeded',
    killedBy: 'memory',
    say: (facts, { limits }) => {
      const peak = facts.metrics.get('memoryPeakBytes');
      const measured = peak === undefined ? '' : ` (peak ${formatBytes(peak)})`;
      return `memory limit ${limits.memoryBytes === null ? 'of the host' : formatBytes(limits.memoryBytes)} reached${measured}`;
    },
  },
  wallTime: {
    status: 'wall-time-exceeded',
    killedBy: 'wall-time',
    say: (facts, { limits }) =>
      `wall time limit ${formatMs(limits.wallTimeMs ?? 0)} reached (ran ${ms(facts, 'wallNs')})`,
  },
  cpuTime: {
    status: 'cpu-time-exceeded',
    killedBy: 'cpu-time',
    say: (facts, { limits }) =>
      `CPU time limit ${formatMs(limits.cpuTimeMs ?? 0)} reached (used ${ms(facts, facts.metrics.has('cpuNs') ? 'cpuNs' : 'rusageCpuNs')})`,
  },
  output: {
    status: 'output-exceeded',
    killedBy: 'output',
    say: (facts, { limits }) =>
      `output limit ${formatBytes(limits.outputBytes ?? 0)} reached on ${facts.truncated.stdout ? 'stdout' : 'stderr'}`,
  },
};

/** Low bits of a status that say "stopped" or "continued", which is no end; wait(2). */
const NO_END = 0x7f;

/** A core file is never written, so bit 7 only says that one would have been; wait(2). */
function exitOf(waitStatus: number, job: Job): Ending {
  const signo = waitStatus & 0x7f;
  const exitCode = waitStatus >>> 8;
  // An exit code with anything beside it, or a signal with one, is nothing that the kernel says.
  if (signo === NO_END || exitCode > 0xff || (signo === 0 ? (waitStatus & 0xff) !== 0 : exitCode !== 0)) {
    return failed(
      { step: 'init', errno: 0, detail: `an unknown wait status 0x${waitStatus.toString(16)}` },
      job,
    );
  }
  if (signo === 0) return { ...NOTHING, status: exitCode === 0 ? 'ok' : 'nonzero-exit', exitCode };
  const signal = signalName(signo);
  const denied = signo === constants.signals.SIGSYS;
  return {
    ...NOTHING,
    status: denied ? 'syscall-denied' : 'signaled',
    signal,
    killedBy: 'signal',
    message: denied ? 'a system call was denied (SIGSYS)' : `killed by ${signal}`,
  };
}

/** Order: what it was killed for, then by the counters OOM kill, wall time, CPU time, output; then a step that failed, signal, exit code. */
export function decideEnding(facts: RunFacts, job: Job): Ending {
  const limit = exceeded(facts, job);
  if (limit !== null) {
    const { status, killedBy, say } = LIMIT_ENDINGS[limit];
    const signal = facts.exited && facts.cause === 'none' ? exitOf(facts.waitStatus, job).signal : 'SIGKILL';
    return { ...NOTHING, status, signal, killedBy, message: say(facts, job) };
  }
  if (facts.failure !== null) return failed(facts.failure, job);
  if (!facts.exited || facts.cause !== 'none') {
    return failed({ step: 'init', errno: 0, detail: 'the launcher shut down before the program ended' }, job);
  }
  const exit = exitOf(facts.waitStatus, job);
  if (exit.exitCode === null || facts.execReached) return exit;
  return failed({ step: 'init', errno: 0, detail: 'an exit code, but the program was not reached' }, job);
}
