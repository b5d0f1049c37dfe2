import { quote } from '../../core/index.js';
import type { LimitsInput } from '../../spec/index.js';
import type { RunFlags } from './flags.js';
import { decimal, oneOf, usageError, wholeNumber } from './values.js';

const OR_NONE = ', or none';

/** docker says "no limit" as -1, ulimit as unlimited; both mean `none`, which the spec takes where it can be had. */
const amount = (text: string): string => (text === '-1' || text === 'unlimited' ? 'none' : text);

function countOrNone(flag: string, text: string): number | 'none' {
  return amount(text) === 'none' ? 'none' : wholeNumber(flag, text, OR_NONE);
}

function count(flag: string, text: string): number {
  if (amount(text) === 'none') {
    throw usageError(`${flag}: ${quote(text)} is not a whole number; this limit cannot be switched off`);
  }
  return wholeNumber(flag, text);
}

/** ulimit's sizes are bytes; the spec's forms (64m) are taken too. */
function rawSize(text: string): string | number {
  return /^\d{1,15}$/.test(text) ? Number(text) : amount(text);
}

function core(text: string): LimitsInput {
  if (text === '0') return {};
  throw usageError(`--ulimit core: ${quote(text)} is not allowed; core dumps are always off, so use 0`);
}

function cpuSeconds(text: string): LimitsInput {
  const seconds = countOrNone('--ulimit cpu', text);
  return { cpuTime: seconds === 'none' ? seconds : `${seconds}s` };
}

/** What `--ulimit` may name, and which limit it is: a value in the kernel's unit becomes ours. */
const ULIMITS = {
  nofile: (text: string): LimitsInput => ({ openFiles: count('--ulimit nofile', text) }),
  fsize: (text: string): LimitsInput => ({ fileSize: rawSize(text) }),
  stack: (text: string): LimitsInput => ({ stack: rawSize(text) }),
  nproc: (text: string): LimitsInput => ({ pids: countOrNone('--ulimit nproc', text) }),
  cpu: cpuSeconds,
  core,
};

const ULIMIT_NAMES = Object.keys(ULIMITS) as (keyof typeof ULIMITS)[];

function parseUlimit(text: string): LimitsInput {
  const [, name, soft, hard] = /^([^=]*)=([^:]+)(?::([^:]+))?$/.exec(text) ?? [];
  if (name === undefined || soft === undefined) {
    throw usageError(`--ulimit: ${quote(text)} is not a ulimit; use NAME=VALUE, such as nofile=1024`);
  }
  const known = oneOf('--ulimit', name, ULIMIT_NAMES);
  if (hard === undefined || hard === soft) return ULIMITS[known](soft);
  throw usageError(
    `--ulimit: ${quote(text)} has two limits; soft and hard are the same here, so write ${known}=${soft}`,
  );
}

function withUlimits(limits: LimitsInput, texts: readonly string[]): LimitsInput {
  let all = limits;
  for (const text of texts) {
    const more = parseUlimit(text);
    // Last one wins among flags of one name, but two names for one limit leave open which was meant.
    if (Object.keys(more).some((key) => key in limits)) {
      throw usageError(`--ulimit: ${quote(text)} sets a limit that another flag sets too; give one of them`);
    }
    all = { ...all, ...more };
  }
  return all;
}

/**
 * The limits that the flags ask for, still as text: whether `64q` is a size is for the spec to say. A terminal
 * session has no time limit unless one is asked for: the person in front of it is the limit.
 */
export function planLimits(flags: RunFlags): LimitsInput {
  const cpuset = flags.cpuset ?? flags.cpusetCpus;
  const wallTime = flags.timeout ?? (flags.tty ? 'none' : undefined);
  const limits: LimitsInput = {
    ...(flags.memory !== undefined && { memory: amount(flags.memory) }),
    ...(flags.cpuTime !== undefined && { cpuTime: amount(flags.cpuTime) }),
    ...(wallTime !== undefined && { wallTime: amount(wallTime) }),
    ...(flags.cpus !== undefined && {
      cpus: amount(flags.cpus) === 'none' ? ('none' as const) : decimal('--cpus', flags.cpus, OR_NONE),
    }),
    ...(cpuset !== undefined && { cpuset }),
    ...(flags.pidsLimit !== undefined && { pids: countOrNone('--pids-limit', flags.pidsLimit) }),
    ...(flags.outputLimit !== undefined && { output: amount(flags.outputLimit) }),
    ...(flags.disk !== undefined && { disk: amount(flags.disk) }),
    ...(flags.inodes !== undefined && { inodes: count('--inodes', flags.inodes) }),
  };
  return withUlimits(limits, flags.ulimit ?? []);
}
