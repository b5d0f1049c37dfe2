/** What the launcher says about a run that is over. Plain facts: what they mean is decided in src/collect. */
import { HotcellError } from '../core/index.js';
import { causeId, metricId, stepId } from './protocol-table.js';
import type { Reader } from './wire.js';

export type Cause = keyof typeof causeId;
export type LaunchMetric = keyof typeof metricId;
export type Step = keyof typeof stepId;

/** Which step of ours did not work, why, and on what. */
export interface LaunchFailure {
  readonly step: Step;
  /** 0 when no system call failed. */
  readonly errno: number;
  readonly detail: string;
}

export interface RunFacts {
  /** Why the launcher killed it; `none` when it did not. */
  readonly cause: Cause;
  /** Whether init saw the end of the program and reported it. */
  readonly exited: boolean;
  /** As wait(2) gives it; only if `exited`. */
  readonly waitStatus: number;
  readonly execReached: boolean;
  readonly truncated: { readonly stdout: boolean; readonly stderr: boolean };
  readonly failure: LaunchFailure | null;
  /** Only those that could be had. */
  readonly metrics: ReadonlyMap<LaunchMetric, number>;
}

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

const causeName = reverse(causeId, 'the unknown cause');
const metricName = reverse(metricId, 'the unknown metric');
const stepName = reverse(stepId, 'the unknown step');

export function readFailure(payload: Reader): LaunchFailure {
  return { step: stepName(payload.u32()), errno: payload.u32(), detail: payload.string() };
}

/** Payload of `finished`. Twin: send_finished in src/native/run.c. */
export function readFacts(payload: Reader): RunFacts {
  const cause = causeName(payload.u32());
  const exited = payload.u32() !== 0;
  const waitStatus = payload.u32();
  const execReached = payload.u32() !== 0;
  const truncated = payload.u32();
  const step = payload.u32();
  const errno = payload.u32();
  const detail = payload.string();
  const metrics = new Map<LaunchMetric, number>();
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

/** The facts of a run whose launcher went away: nothing is known, so nothing may be claimed. */
export function lostFacts(detail: string): RunFacts {
  return {
    cause: 'none',
    exited: false,
    waitStatus: 0,
    execReached: false,
    truncated: { stdout: false, stderr: false },
    failure: { step: 'protocol', errno: 0, detail },
    metrics: new Map(),
  };
}
