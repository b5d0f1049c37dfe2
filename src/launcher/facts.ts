/** Decodes what the launcher says about a run that is over. */
import { HotcellError } from '../core/index.js';
import type {
  Cause,
  FactName,
  LaunchFailure,
  RunFacts,
  Sample,
  Step,
  Trace,
  TracedCall,
} from '../spec/index.js';
import { causeId, figureId, metricId, stepId } from './protocol-table.js';
import type { Reader } from './wire.js';

function reverse<Name extends string>(
  table: Readonly<Record<Name, number>>,
  what: string,
): (id: number) => Name {
  const names = new Map<number, Name>();
  for (const name of Object.keys(table) as Name[]) names.set(table[name], name);
  return (id) => {
    const name = names.get(id);
    if (name === undefined)
      throw new HotcellError({ code: 'protocol-error', message: `the launcher sent ${what} ${id}` });
    return name;
  };
}

const causeName: (id: number) => Cause = reverse(causeId, 'the unknown cause');
const metricName: (id: number) => FactName = reverse(metricId, 'the unknown metric');
const figureName: (id: number) => keyof typeof figureId = reverse(figureId, 'the unknown figure');
const stepName: (id: number) => Step = reverse(stepId, 'the unknown step');

export function readFailure(payload: Reader): LaunchFailure {
  return { step: stepName(payload.u32()), errno: payload.u32(), detail: payload.string() };
}

/** Payload of `finished`. Twin: run_send_finished in src/native/run_facts.c. */
export function readFacts(payload: Reader): RunFacts {
  const cause = causeName(payload.u32());
  const exited = payload.u32() !== 0;
  const waitStatus = payload.u32();
  const execReached = payload.u32() !== 0;
  const truncated = payload.u32();
  const step = payload.u32();
  const errno = payload.u32();
  const detail = payload.string();
  const metrics = new Map<FactName, number>();
  while (payload.left > 0) metrics.set(metricName(payload.u32()), payload.u64());
  return {
    cause,
    exited,
    waitStatus,
    execReached,
    truncated: { stdout: (truncated & 1) !== 0, stderr: (truncated & 2) !== 0 },
    failure: step === 0 ? null : { step: stepName(step), errno, detail },
    metrics,
  };
}

const toMs = (ns: number): number => Math.round(ns / 1e3) / 1e3;

/** Payload of `sample`. Twin: run_send_sample in src/native/sample.c. */
export function readSample(payload: Reader): Sample {
  const atMs = toMs(payload.u64());
  const figures = new Map<keyof typeof figureId, number>();
  while (payload.left > 0) figures.set(figureName(payload.u32()), payload.u64());
  const cpuNs = figures.get('cpuNs');
  return {
    atMs,
    cpuMs: cpuNs === undefined ? null : toMs(cpuNs),
    memoryBytes: figures.get('memoryBytes') ?? null,
    pids: figures.get('pids') ?? null,
  };
}

function readWord(payload: Reader): bigint {
  const low = BigInt(payload.u32());
  return low | (BigInt(payload.u32()) << 32n);
}

/** Payload of `trace`. Twin: put_trace in src/native/run_facts.c. */
export function readTrace(payload: Reader): Trace {
  const beyond = payload.u64();
  const calls: TracedCall[] = [];
  while (payload.left > 0) {
    const call = { arch: payload.u32(), number: payload.u32(), count: payload.u64() };
    calls.push({ ...call, args: Array.from({ length: 6 }, () => readWord(payload)) });
  }
  return { calls, beyond };
}

/** The facts of a run whose connection is gone: nothing is known but whether we closed it, so nothing may be claimed. */
export function lostFacts(detail: string, cause: 'cancel' | 'none' = 'none'): RunFacts {
  return {
    cause,
    exited: false,
    waitStatus: 0,
    execReached: false,
    truncated: { stdout: false, stderr: false },
    failure: { step: 'protocol', errno: 0, detail },
    metrics: new Map(),
  };
}
