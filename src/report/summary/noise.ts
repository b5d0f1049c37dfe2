import { formatBytes, formatMs } from '../../core/index.js';
import type { HostReport } from '../reporter.js';

/** Percent of the last ten seconds from which on it shows in the figures. */
const MUCH_PRESSURE = { cpu: 20, memory: 5, io: 10 } as const;

/** Share of the run's wall time that the host took away. */
const MUCH_LOST = 0.01;

function lost(what: string, now: number | null, before: number | null, wallMs: number): string[] {
  const ms = now === null || before === null ? 0 : now - before;
  return ms > wallMs * MUCH_LOST ? [`${formatMs(ms)} ${what}`] : [];
}

function pressure({ pressure: of }: HostReport): string[] {
  return (['cpu', 'memory', 'io'] as const).flatMap((name) => {
    const percent = of[name];
    return percent !== null && percent >= MUCH_PRESSURE[name]
      ? [`${name} pressure ${Math.round(percent)}%`]
      : [];
  });
}

/** What makes the figures of a run less reliable than they look; empty on a quiet machine. */
export function noiseOf(before: HostReport, after: HostReport, wallMs: number): string[] {
  const { cpuCount, load, swapBytes, governor } = after;
  // Our own jobs are load, too: what was there before is not.
  const busy = (before.load ?? 0) > cpuCount / 2 ? [`load ${before.load} before the run`] : [];
  return [
    ...busy,
    ...(load !== null && load > cpuCount * 2 ? [`load ${load} on ${cpuCount} CPUs`] : []),
    ...pressure(after),
    ...lost('stolen by the hypervisor', after.stealMs, before.stealMs, wallMs),
    ...lost('held back by a CPU limit', after.throttledMs, before.throttledMs, wallMs),
    ...(governor?.includes('powersave') === true ? [`CPU governor ${governor}`] : []),
    ...(swapBytes > 0 && (after.pressure.memory ?? 0) >= MUCH_PRESSURE.memory
      ? [`${formatBytes(swapBytes)} of swap`]
      : []),
  ];
}
