import type { FactName, IsolationLevel, MetricName, Metrics, RunFacts } from '../spec/index.js';

const MS_PER_NS = 1e-6;

/** One place that a figure can come from, tried in order. */
interface Source {
  readonly from: FactName;
  readonly label: string;
  readonly scale?: number;
}

/** Which file of which cgroup version the figure is read from. */
export type CgroupVersion = 1 | 2 | null;

interface Rule {
  readonly sources: (version: CgroupVersion) => readonly Source[];
  readonly missing: string;
}

const byVersion = (version: CgroupVersion, v1: string, v2: string): string =>
  version === 2 ? `cgroup2 ${v2}` : `cgroup1 ${v1}`;

const cgroup =
  (from: FactName, v1: string, v2: string, scale = 1) =>
  (version: CgroupVersion) => [{ from, label: byVersion(version, v1, v2), scale }];

/** Where nothing counts for us, somebody looks now and then. */
const SAMPLED = 'looked at every 20 ms or less';

const NO_CGROUP = 'unavailable: no cgroup counts it here';

const only = (
  from: FactName,
  label: string,
  scale = 1,
  missing = 'unavailable: the program did not start',
): Rule => ({
  sources: () => [{ from, label, scale }],
  missing,
});

const withRusage = (from: FactName, v1: string, v2: string, fallback: FactName): Rule => ({
  sources: (version) => [
    ...cgroup(from, v1, v2, MS_PER_NS)(version),
    { from: fallback, label: 'getrusage: processes that were waited for', scale: MS_PER_NS },
  ],
  missing: 'unavailable: killed before its usage could be read, and no cgroup counts it here',
});

const KILLED = 'unavailable: the sandbox was killed before it could be read';

/** Total: every metric has a rule. What a figure contains is said in docs/metrics.md. */
const RULES: Readonly<Record<MetricName, Rule>> = {
  wallMs: only('wallNs', 'CLOCK_MONOTONIC', MS_PER_NS),
  cpuMs: withRusage('cpuNs', 'cpuacct.usage', 'cpu.stat usage_usec', 'rusageCpuNs'),
  cpuUserMs: withRusage('cpuUserNs', 'cpuacct.usage_user', 'cpu.stat user_usec', 'rusageUserNs'),
  cpuSystemMs: withRusage('cpuSystemNs', 'cpuacct.usage_sys', 'cpu.stat system_usec', 'rusageSystemNs'),
  memoryPeakBytes: {
    sources: (version) => [
      ...cgroup(
        'memoryPeakBytes',
        'memory.max_usage_in_bytes less what the sandbox itself held',
        'memory.peak less what the sandbox itself held',
      )(version),
      {
        from: 'sampledMemoryPeakBytes',
        label: `${SAMPLED}: memory of all processes and files; at least ru_maxrss of the largest process`,
      },
      { from: 'rusageMaxRssBytes', label: 'getrusage ru_maxrss: the largest single process' },
    ],
    missing: NO_CGROUP,
  },
  pidsPeak: {
    sources: (version) => [
      ...cgroup('pidsPeak', 'pids.peak', 'pids.peak')(version),
      { from: 'sampledPidsPeak', label: SAMPLED },
    ],
    missing: NO_CGROUP,
  },
  oomKills: {
    sources: (version) =>
      version === null
        ? [{ from: 'oomKills', label: `${SAMPLED}: whether it was killed for its memory` }]
        : cgroup('oomKills', 'memory.oom_control', 'memory.events')(version),
    missing: NO_CGROUP,
  },
  pidsLimitHits: { sources: cgroup('pidsLimitHits', 'pids.events', 'pids.events'), missing: NO_CGROUP },
  throttledMs: {
    sources: cgroup('throttledNs', 'cpu.stat throttled_time', 'cpu.stat throttled_usec', MS_PER_NS),
    missing: NO_CGROUP,
  },
  ioReadBytes: {
    sources: cgroup('ioReadBytes', 'blkio.throttle.io_service_bytes', 'io.stat rbytes'),
    missing: NO_CGROUP,
  },
  ioWriteBytes: {
    sources: cgroup('ioWriteBytes', 'blkio.throttle.io_service_bytes', 'io.stat wbytes'),
    missing: NO_CGROUP,
  },
  voluntarySwitches: only('voluntarySwitches', 'getrusage ru_nvcsw', 1, KILLED),
  involuntarySwitches: only('involuntarySwitches', 'getrusage ru_nivcsw', 1, KILLED),
  diskUsedBytes: only(
    'diskUsedBytes',
    'statfs',
    1,
    'unavailable: no file system of its own, or killed before it could be read',
  ),
  inodesUsed: only(
    'inodesUsed',
    'statfs',
    1,
    'unavailable: no file system of its own, or killed before it could be read',
  ),
  queueMs: only('queueNs', 'CLOCK_MONOTONIC', MS_PER_NS, 'unavailable: it never left the queue'),
  setupMs: only('setupNs', 'CLOCK_MONOTONIC', MS_PER_NS),
  teardownMs: { sources: () => [], missing: 'unavailable: the outcome does not wait for the teardown' },
};

const round = (value: number, scale: number): number =>
  scale === 1 ? value : Math.round(value * scale * 1e6) / 1e6;

/** A figure that could not be had is null, never 0, and `sources` says why. */
export function foldMetrics(facts: RunFacts, level: IsolationLevel, version: CgroupVersion): Metrics {
  const sources: Partial<Record<MetricName, string>> = {};
  const figure = (name: MetricName): number | null => {
    const rule = RULES[name];
    const lost = facts.failure?.step === 'protocol' ? 'unavailable: the launcher went away' : rule.missing;
    const source = rule
      .sources(level === 'full' ? version : null)
      .find(({ from }) => facts.metrics.has(from));
    sources[name] = source?.label ?? lost;
    const value = source && facts.metrics.get(source.from);
    return value === undefined ? null : round(value, source?.scale ?? 1);
  };
  const values = Object.fromEntries((Object.keys(RULES) as MetricName[]).map((name) => [name, figure(name)]));
  return { ...(values as Record<MetricName, number | null>), sources };
}
