/** A file for each run as isolate(1) writes it with --meta: `key:value` lines. Our own keys have a prefix. */
import { createHash, randomBytes } from 'node:crypto';
import { access, constants, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { constants as osConstants } from 'node:os';
import { join } from 'node:path';
import type { Outcome, Status } from '../../spec/index.js';
import { ioError } from '../reason.js';
import type { Reporter } from '../reporter.js';
import { reasonOf } from '../text/reasons.js';
import { oneLine } from '../text/show.js';

/** RE: exit code other than 0. SG: ended by a signal. TO: out of time. XX: did not run. isolate writes none when all is well. */
const ISOLATE_STATUS: Readonly<Record<Status, 'RE' | 'SG' | 'TO' | 'XX' | null>> = {
  ok: null,
  'nonzero-exit': 'RE',
  signaled: 'SG',
  'cpu-time-exceeded': 'TO',
  'wall-time-exceeded': 'TO',
  'memory-exceeded': 'SG',
  'output-exceeded': 'SG',
  'syscall-denied': 'SG',
  cancelled: 'XX',
  'start-failed': 'XX',
  'internal-error': 'XX',
};

const KIB = 1024;

const seconds = (ms: number | null): string | null => (ms === null ? null : (ms / 1000).toFixed(3));
const kib = (bytes: number | null): number | null => (bytes === null ? null : Math.ceil(bytes / KIB));
const flag = (isSet: boolean): 1 | null => (isSet ? 1 : null);

const signalNumber = (name: string | null): number | null =>
  name === null ? null : (Object.entries(osConstants.signals).find(([key]) => key === name)?.[1] ?? null);

/** The text of the file. Keys in isolate's order; those without a value are left out, as isolate does. */
export function metaText(outcome: Outcome): string {
  const { metrics, status, exitCode, signal, killedBy, verdict } = outcome;
  const values = {
    'cg-mem': kib(metrics.memoryPeakBytes),
    'cg-oom-killed': flag((metrics.oomKills ?? 0) > 0),
    'csw-forced': metrics.involuntarySwitches,
    'csw-voluntary': metrics.voluntarySwitches,
    exitcode: exitCode,
    exitsig: signalNumber(signal),
    killed: flag(killedBy !== null && killedBy !== 'signal'),
    message: status === 'ok' && verdict === 'passed' ? null : oneLine(reasonOf(outcome)),
    status: ISOLATE_STATUS[status],
    time: seconds(metrics.cpuMs),
    'time-wall': seconds(metrics.wallMs),
    'hotcell-status': status,
    'hotcell-verdict': verdict,
  };
  return Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}:${value}\n`)
    .join('');
}

const MAX_NAME_BYTES = 200;

/** Every byte that is not plain as %XX. So no two names become one, and none is special to a shell or a path. */
const encoded = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => String.fromCharCode(byte))
    .map((char) =>
      /[A-Za-z0-9._=,+[\]-]/.test(char)
        ? char
        : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');

/** `suite~job~case.meta`, with `~@repeat2`, `~@attempt2` or `~@build` where there is more than one to tell apart. */
export function metaFileName({ suite, job, case: name, role, repeat, attempt }: Outcome): string {
  const parts = [
    ...[suite ?? '', job, ...(name === null ? [] : [name])].map(encoded),
    ...(role === 'program' ? [] : [`@${role}`]),
    ...(repeat > 1 ? [`@repeat${repeat}`] : []),
    ...(attempt > 1 ? [`@attempt${attempt}`] : []),
  ];
  const full = parts.join('~').replace(/^\./, '%2E');
  if (full.length <= MAX_NAME_BYTES) return `${full}.meta`;
  const digest = createHash('sha256').update(full).digest('hex').slice(0, 32);
  return `${full.slice(0, MAX_NAME_BYTES - digest.length - 2)}~@${digest}.meta`;
}

async function replaceFile(directory: string, name: string, text: string): Promise<void> {
  const beside = join(directory, `.hotcell-${randomBytes(8).toString('hex')}.tmp`);
  try {
    await writeFile(beside, text, { flag: 'wx' });
    await rename(beside, join(directory, name));
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** @throws HotcellError `io` from the start when the directory cannot be made or written */
export function createMetaReporter(directory: string): Reporter {
  const explained = async (action: () => Promise<unknown>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      throw ioError('write meta files into', directory, error);
    }
  };
  return {
    onStart: () =>
      explained(async () => {
        await mkdir(directory, { recursive: true });
        await access(directory, constants.W_OK | constants.X_OK);
      }),
    onOutcome: (outcome) => explained(() => replaceFile(directory, metaFileName(outcome), metaText(outcome))),
  };
}
