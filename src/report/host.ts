/** The machine and its noise, from /proc and /sys; see proc(5), proc_pressure(5), cgroups(7). What is not there is null. */
import { readdirSync } from 'node:fs';
import { cpus, hostname, release, totalmem } from 'node:os';
import { throttledMs } from './host-cgroup.js';
import { type ReadKernelFile, readKernelFile } from './kernel-file.js';
import type { HostReport } from './reporter.js';

const KIB = 1024;

/** USER_HZ, which is 100 on every architecture that Linux runs Node on. */
const MS_PER_TICK = 10;

/** The number that the first group of the expression finds. */
function number(text: string | null, pattern: RegExp): number | null {
  const found = text === null ? undefined : pattern.exec(text)?.[1];
  const value = found === undefined ? Number.NaN : Number(found);
  return Number.isFinite(value) ? value : null;
}

const pressure = (read: ReadKernelFile, of: string): number | null =>
  number(read(`/proc/pressure/${of}`), /^some avg10=([\d.]+)/m);

function stealMs(read: ReadKernelFile): number | null {
  const ticks = number(read('/proc/stat'), /^cpu +(?:\d+ +){7}(\d+)/m);
  return ticks === null ? null : ticks * MS_PER_TICK;
}

function smt(read: ReadKernelFile): boolean | null {
  const active = read('/sys/devices/system/cpu/smt/active')?.trim();
  return active === '1' ? true : active === '0' ? false : null;
}

const CPUFREQ = '/sys/devices/system/cpu/cpufreq';

/** All that are in use: one slow core is noise enough. */
function governor(read: ReadKernelFile, policies: readonly string[]): string | null {
  const names = policies.map((policy) => read(`${CPUFREQ}/${policy}/scaling_governor`)?.trim() ?? '');
  const known = new Set(names.filter((name) => name !== ''));
  return known.size === 0 ? null : [...known].sort().join(', ');
}

function listPolicies(): string[] {
  try {
    return readdirSync(CPUFREQ).filter((name) => name.startsWith('policy'));
  } catch {
    return [];
  }
}

/** What is known of the host at this moment. Takes well under a millisecond on most machines; never throws. */
export function readHostReport(read: ReadKernelFile = readKernelFile): HostReport {
  const list = cpus();
  const swapKib = number(read('/proc/meminfo'), /^SwapTotal: +(\d+) kB/m) ?? 0;
  return {
    hostname: hostname(),
    kernel: release(),
    cpuModel: list[0]?.model.trim() ?? 'unknown',
    cpuCount: list.length,
    memoryBytes: totalmem(),
    swapBytes: swapKib * KIB,
    load: number(read('/proc/loadavg'), /^([\d.]+)/),
    governor: governor(read, listPolicies()),
    smt: smt(read),
    pressure: { cpu: pressure(read, 'cpu'), memory: pressure(read, 'memory'), io: pressure(read, 'io') },
    stealMs: stealMs(read),
    throttledMs: throttledMs(read),
  };
}
