import { HotcellError, show } from '../core/index.js';
import { protocolLimits, type ResourceLimit } from '../launcher/index.js';
import type { Job, Limits } from '../spec/index.js';
import type { Ids, PlanBuilder } from './builder.js';
import { parseCpuList } from './cpus.js';
import { type Host, hasController, isWatched } from './host.js';

/** The kernel's default period; quotas below a millisecond are refused. See sched-bwc.rst. */
const CPU_PERIOD_US = 100_000;
const MIN_QUOTA_US = 1000;

const toNs = (ms: number): number => Math.round(ms * 1e6);

/** At most so many CPUs run at once, so CPU time cannot pass faster than that: the next look may be that much later. */
function parallelism({ cpus, cpuset }: Limits, cpuCount: number): number {
  const allowed = cpuset === null ? cpuCount : parseCpuList(cpuset).length;
  return Math.max(1, Math.min(allowed, Math.ceil(cpus ?? allowed)));
}

function addCgroupLimits(plan: PlanBuilder, limits: Limits): void {
  const { memoryBytes, pids, cpus, cpuset } = limits;
  if (memoryBytes !== null) plan.add({ op: 'limit', limit: 'memoryBytes', value: memoryBytes });
  if (pids !== null) plan.add({ op: 'limit', limit: 'pids', value: pids });
  if (cpus !== null) {
    const value = Math.max(MIN_QUOTA_US, Math.round(cpus * CPU_PERIOD_US));
    plan.add({ op: 'limit', limit: 'cpuQuotaUs', value });
  }
  if (cpuset !== null) plan.add({ op: 'cpuset', value: cpuset });
}

function addResourceLimits(
  plan: PlanBuilder,
  { cpuTimeMs, openFiles, fileSizeBytes, stackBytes }: Limits,
): void {
  const add = (resource: ResourceLimit, soft: number | null, hard: number | null = soft): void => {
    plan.add({ op: 'rlimit', resource, soft, hard });
  };
  // Of 1 and not 0: with a pipe in core_pattern only 1 keeps the kernel from starting a helper on the host; core(5).
  add('core', 1);
  add('openFiles', openFiles);
  if (fileSizeBytes !== null) add('fileSize', fileSizeBytes);
  add('stack', stackBytes);
  // A backstop, should the launcher be stopped: one process alone is ended a second or two late.
  if (cpuTimeMs !== null) add('cpu', Math.ceil(cpuTimeMs / 1000) + 1, Math.ceil(cpuTimeMs / 1000) + 2);
}

/** How often a run without a cgroup is looked at. A look at a few processes takes some 50 µs. */
export const WATCH_INTERVAL_MS = 20;

/** Of the limits that no cgroup holds, what a single process can be held to should nobody look in time. */
const DATA_SLACK_BYTES = 1024 ** 3;

/** Processes that are none of the program's but of its id: the keeper, and init where there is no other id. */
function ownProcesses(host: Host, ids: Ids): number {
  if (host.identities === 'single') return 2;
  return ids.uid === 0 ? 1 : 0;
}

function addWatch(plan: PlanBuilder, { memoryBytes }: Limits): void {
  plan.add({ op: 'limit', limit: 'watchIntervalNs', value: toNs(WATCH_INTERVAL_MS) });
  if (memoryBytes === null) return;
  const data = 2 * memoryBytes + DATA_SLACK_BYTES;
  plan.add({ op: 'rlimit', resource: 'data', soft: data, hard: data });
}

/** An ordinary user's program is held to its number of processes by the kernel's count for its id in its user namespace. */
function addOrdinaryLimits(plan: PlanBuilder, job: Job, { host, ids }: LimitsInput): void {
  const { pids } = job.limits;
  if (isWatched(job, host)) addWatch(plan, job.limits);
  if (pids === null || hasController(host, 'pids')) return;
  const most = pids + ownProcesses(host, ids);
  plan.add({ op: 'rlimit', resource: 'processes', soft: most, hard: most });
}

export interface LimitsInput {
  readonly host: Host;
  readonly ids: Ids;
  readonly cpuCount: number;
}

export function addLimits(plan: PlanBuilder, job: Job, input: LimitsInput): void {
  const { isolation, limits } = job;
  const { cpuTimeMs, wallTimeMs, outputBytes, diskBytes } = limits;
  if (isolation === 'full') addCgroupLimits(plan, limits);
  if (isolation === 'full' && !input.host.isRoot) addOrdinaryLimits(plan, job, input);
  if (cpuTimeMs !== null) {
    plan.add({ op: 'limit', limit: 'cpuTimeNs', value: toNs(cpuTimeMs) });
    plan.add({ op: 'limit', limit: 'cpuParallel', value: parallelism(limits, input.cpuCount) });
  }
  if (wallTimeMs !== null) plan.add({ op: 'limit', limit: 'wallTimeNs', value: toNs(wallTimeMs) });
  if (outputBytes !== null) plan.add({ op: 'limit', limit: 'outputBytes', value: outputBytes });
  plan.add({ op: 'limit', limit: 'copyOutBytes', value: diskBytes });
  addResourceLimits(plan, limits);
}

const MIN_SAMPLE_MS = protocolLimits.sampleIntervalMinNs / 1e6;
const MAX_SAMPLE_MS = 3_600_000;

/** @throws HotcellError `invalid-usage` for an interval that would leave the launcher no time for anything else. */
export function addSampling(plan: PlanBuilder, intervalMs: number | null): void {
  if (intervalMs === null) return;
  if (!(intervalMs >= MIN_SAMPLE_MS && intervalMs <= MAX_SAMPLE_MS)) {
    throw new HotcellError({
      code: 'invalid-usage',
      message: `sampleIntervalMs ${show(intervalMs)}: use a number from ${MIN_SAMPLE_MS} to ${MAX_SAMPLE_MS}`,
    });
  }
  plan.add({ op: 'limit', limit: 'sampleIntervalNs', value: toNs(intervalMs) });
}
