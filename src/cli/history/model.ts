import type { Outcome } from '../../spec/index.js';

export type RunState = 'running' | 'exited' | 'lost';

export interface KeptSummary {
  readonly total: number;
  readonly ok: boolean;
}

export interface RunRecord {
  readonly id: string;
  readonly kind: 'run' | 'test';
  readonly name: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string | null;
  readonly command: readonly string[];
  readonly cwd: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly exitCode: number | null;
  /** From 1, and one more each time it was taken up again. */
  readonly turn: number;
  readonly outcome: Outcome | null;
  readonly summary: KeptSummary | null;
}

export interface StoredRun {
  readonly record: RunRecord;
  /** `lost`: its process died before it could say how the run ended. */
  readonly state: RunState;
  readonly pid: number | null;
  readonly directory: string;
}

export interface LogPiece {
  readonly stream: 'stdout' | 'stderr';
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

/** A run that is under way, as far as `hotcell run` writes it down. */
export interface LiveRun {
  readonly id: string;
  write(stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void>;
  finish(result: { readonly exitCode: number; readonly outcome: Outcome | null }): Promise<void>;
}

export interface NewRun {
  readonly kind: 'run';
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly image: string;
  readonly command: string[];
  readonly cwd: string;
  readonly stoppable: true;
}

/** What the commands need of the runs that are kept, and no more; a reference is an id, the beginning of one, or a name. */
export interface History {
  create(run: NewRun): Promise<LiveRun>;
  list(options: { onDamaged: (id: string, error: unknown) => void }): Promise<readonly StoredRun[]>;
  get(reference: string): Promise<StoredRun>;
  outcomes(reference: string): AsyncIterable<Outcome>;
  log(reference: string, options: { follow: boolean }): AsyncIterable<LogPiece>;
  remove(reference: string, options: { force: boolean }): Promise<string>;
}
