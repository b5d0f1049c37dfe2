/** What a sandbox says about its run. Plain facts: what they mean is decided in src/collect. */

/** Why the launcher killed a run; `none` when it did not. */
export type Cause = 'none' | 'cancel' | 'memory' | 'wallTime' | 'cpuTime' | 'output' | 'shutdown';

/** A figure of a run; nanoseconds, bytes or counts as the name says. */
export type FactName =
  | 'cpuNs'
  | 'cpuUserNs'
  | 'cpuSystemNs'
  | 'memoryPeakBytes'
  | 'pidsPeak'
  | 'oomKills'
  | 'pidsLimitHits'
  | 'throttledNs'
  | 'ioReadBytes'
  | 'ioWriteBytes'
  | 'voluntarySwitches'
  | 'involuntarySwitches'
  | 'queueNs'
  | 'setupNs'
  | 'wallNs'
  | 'diskUsedBytes'
  | 'inodesUsed'
  | 'memoryBaselineBytes'
  | 'rusageCpuNs'
  | 'rusageMaxRssBytes'
  | 'rusageUserNs'
  | 'rusageSystemNs'
  | 'sampledMemoryPeakBytes'
  | 'sampledPidsPeak';

/** A step of making a sandbox, as failures name it. */
export type Step =
  | 'protocol'
  | 'configure'
  | 'identity'
  | 'slot'
  | 'cgroup'
  | 'source'
  | 'keeper'
  | 'clone'
  | 'userNamespace'
  | 'loopback'
  | 'stage'
  | 'root'
  | 'overlay'
  | 'directory'
  | 'file'
  | 'copy'
  | 'symlink'
  | 'bind'
  | 'tmpfs'
  | 'proc'
  | 'device'
  | 'devpts'
  | 'mask'
  | 'readonly'
  | 'enter'
  | 'hostname'
  | 'keyring'
  | 'terminal'
  | 'fork'
  | 'session'
  | 'stdio'
  | 'rlimit'
  | 'capabilities'
  | 'user'
  | 'workdir'
  | 'noNewPrivileges'
  | 'closeFds'
  | 'seccomp'
  | 'exec'
  | 'init'
  | 'listen'
  | 'idmap'
  | 'hold'
  | 'sources'
  | 'trace'
  | 'outputs';

/** Which step of ours did not work, why, and on what. */
export interface LaunchFailure {
  readonly step: Step;
  /** 0 when no system call failed. */
  readonly errno: number;
  readonly detail: string;
}

export interface RunFacts {
  readonly cause: Cause;
  /** Whether init saw the end of the program and reported it. */
  readonly exited: boolean;
  /** As wait(2) gives it; only if `exited`. */
  readonly waitStatus: number;
  readonly execReached: boolean;
  readonly truncated: { readonly stdout: boolean; readonly stderr: boolean };
  readonly failure: LaunchFailure | null;
  /** Only those that could be had. */
  readonly metrics: ReadonlyMap<FactName, number>;
}

/** What a run used at one moment; null where this host cannot tell. */
export interface Sample {
  /** Since the program started. */
  readonly atMs: number;
  /** Used so far. */
  readonly cpuMs: number | null;
  /** In use at that moment, as for the limit: without what the sandbox itself holds. */
  readonly memoryBytes: number | null;
  readonly pids: number | null;
}

/** System calls of a traced run that have the same number and arguments, as far as the plan asked for these. */
export interface TracedCall {
  /** AUDIT_ARCH_* of linux/audit.h. */
  readonly arch: number;
  readonly number: number;
  readonly count: number;
  /** Six; 0 where one was not asked for. */
  readonly args: readonly bigint[];
}

export interface Trace {
  readonly calls: readonly TracedCall[];
  /** Calls that there was no room for. */
  readonly beyond: number;
}

/** An entry that was copied out. A directory comes before what is in it. */
export interface CopiedFile {
  readonly kind: 'file' | 'directory' | 'error';
  /** Index of the output of the job that it belongs to. */
  readonly output: number;
  /** As the file system has it, which need not be UTF-8. */
  readonly path: Buffer;
  readonly mode: number;
  readonly errno: number;
  readonly bytes: Buffer;
}
