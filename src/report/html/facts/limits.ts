import type { Metrics, OutcomeLimits } from '../../../spec/index.js';
import { bytes, count, duration } from '../format.js';

/** What was used of what there was. */
export interface Use {
  readonly name: string;
  readonly used: number | null;
  readonly limit: number | null;
  /** Used by limit; null when one of them is not known or there is no limit. */
  readonly share: number | null;
  readonly format: (value: number | null) => string;
}

/** What a limit is held against. Output counts both streams. */
export interface UseInput {
  readonly metrics: Metrics;
  readonly limits: OutcomeLimits;
  readonly stdout: { readonly bytes: number };
  readonly stderr: { readonly bytes: number };
}

function shareOf(used: number | null, limit: number | null): number | null {
  return used === null || limit === null || limit <= 0 ? null : used / limit;
}

/** Every limit of a run that can be held against a figure. */
export function usesOf({ metrics, limits, stdout, stderr }: UseInput): Use[] {
  const pairs = [
    ['CPU time', metrics.cpuMs, limits.cpuTimeMs, duration],
    ['time', metrics.wallMs, limits.wallTimeMs, duration],
    ['memory', metrics.memoryPeakBytes, limits.memoryBytes, bytes],
    // Who may be but one process always is as many as it may.
    ['processes', metrics.pidsPeak, limits.pids === 1 ? null : limits.pids, count],
    // What never ran has written nothing, which is no use of a limit.
    [
      'output',
      metrics.wallMs === null ? null : Math.max(stdout.bytes, stderr.bytes),
      limits.outputBytes,
      bytes,
    ],
    ['disk', metrics.diskUsedBytes, limits.diskBytes, bytes],
  ] as const;
  return pairs.map(([name, used, limit, format]) => ({
    name,
    used,
    limit,
    share: shareOf(used, limit),
    format,
  }));
}

/** The limit that was nearest to being reached; undefined when nothing is known. */
export function nearestUse(input: UseInput): (Use & { readonly share: number }) | undefined {
  let nearest: (Use & { readonly share: number }) | undefined;
  for (const use of usesOf(input)) {
    const { share } = use;
    if (share !== null && (nearest === undefined || share > nearest.share)) nearest = { ...use, share };
  }
  return nearest;
}
