import { formatBytes, formatMs } from '../../core/index.js';
import type { Outcome } from '../../spec/index.js';

/** How much of one limit a run used. */
export interface LimitUse {
  /** As people call it: "CPU time". */
  readonly name: string;
  readonly used: number;
  readonly limit: number;
  /** `used / limit`. */
  readonly share: number;
  /** The limit with its unit. */
  readonly shown: string;
}

interface Use {
  readonly name: string;
  readonly of: (outcome: Outcome) => readonly [used: number | null, limit: number | null];
  readonly show: (value: number) => string;
}

const USES: readonly Use[] = [
  { name: 'CPU time', of: ({ metrics, limits }) => [metrics.cpuMs, limits.cpuTimeMs], show: formatMs },
  { name: 'wall time', of: ({ metrics, limits }) => [metrics.wallMs, limits.wallTimeMs], show: formatMs },
  {
    name: 'memory',
    of: ({ metrics, limits }) => [metrics.memoryPeakBytes, limits.memoryBytes],
    show: formatBytes,
  },
  {
    name: 'processes',
    // A program that may be but one process always is as many as it may.
    of: ({ metrics, limits }) => [metrics.pidsPeak, limits.pids === 1 ? null : limits.pids],
    show: String,
  },
  {
    name: 'output',
    // What never ran has written nothing, which is no use of a limit.
    of: ({ metrics, stdout, stderr, limits }) => [
      metrics.wallMs === null ? null : Math.max(stdout.bytes, stderr.bytes),
      limits.outputBytes,
    ],
    show: formatBytes,
  },
  { name: 'disk', of: ({ metrics, limits }) => [metrics.diskUsedBytes, limits.diskBytes], show: formatBytes },
];

/** Every limit that held and whose use is known. */
export function limitUses(outcome: Outcome): LimitUse[] {
  return USES.flatMap(({ name, of, show }): LimitUse[] => {
    const [used, limit] = of(outcome);
    if (used === null || limit === null || limit === 0) return [];
    return [{ name, used, limit, share: used / limit, shown: show(limit) }];
  });
}

/** The one that was nearest to being reached; null when one was, since then that was the end. */
export function nearestLimit(outcome: Outcome): LimitUse | null {
  if (outcome.killedBy !== null) return null;
  return limitUses(outcome).reduce<LimitUse | null>(
    (best, use) => (best === null || use.share > best.share ? use : best),
    null,
  );
}
