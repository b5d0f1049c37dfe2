import { systemClock } from '../../core/index.js';
import { forEachNamed } from '../listing/each.js';
import { parseTime } from '../listing/time.js';
import { usageError, wholeNumber } from '../run/values.js';
import { oneLine } from '../text.js';
import { linesOf } from './log-lines.js';
import type { History, LogPiece, StoredRun } from './model.js';
import type { HistoryServices } from './services.js';

export interface LogsFlags {
  readonly follow?: boolean;
  readonly timestamps?: boolean;
  readonly tail?: string;
  readonly since?: string;
  readonly until?: string;
  readonly color?: boolean;
}

interface LogsPlan {
  readonly follow: boolean;
  readonly timestamps: boolean;
  /** So many of the last lines; null is all. */
  readonly tail: number | null;
  readonly sinceMs: number;
  readonly untilMs: number;
}

function planLogs(flags: LogsFlags, now: Date): LogsPlan {
  const { tail = 'all', since, until } = flags;
  return {
    follow: flags.follow ?? false,
    timestamps: flags.timestamps ?? false,
    tail: tail === 'all' ? null : wholeNumber('--tail', tail, ', or all'),
    sinceMs: since === undefined ? -Infinity : parseTime('--since', since, now),
    untilMs: until === undefined ? Infinity : parseTime('--until', until, now),
  };
}

/** The programs of a test are many; what its log says is how they ended. */
async function* verdicts(history: History, id: string): AsyncGenerator<LogPiece, void, undefined> {
  for await (const { suite, job, case: name, verdict, final, finishedAt } of history.outcomes(id)) {
    const title = [suite, job, name].filter((part) => part !== null).join(' › ');
    const line = `${verdict}${final ? '' : ' (to be tried again)'}  ${oneLine(title)}\n`;
    yield { stream: 'stdout', atMs: Date.parse(finishedAt), bytes: Buffer.from(line) };
  }
}

interface Source {
  readonly history: History;
  readonly run: StoredRun;
}

function piecesOf({ history, run: { record } }: Source, follow: boolean): AsyncIterable<LogPiece> {
  return record.kind === 'test' ? verdicts(history, record.id) : history.log(record.id, { follow });
}

/** Two passes rather than one that holds the lines in memory. */
async function countSkipped(source: Source, tail: number | null): Promise<number> {
  if (tail === null) return 0;
  let count = 0;
  for await (const _line of linesOf(piecesOf(source, false))) count++;
  return Math.max(0, count - tail);
}

async function* selected(source: Source, plan: LogsPlan): AsyncGenerator<LogPiece, void, undefined> {
  const pieces = piecesOf(source, plan.follow);
  const isWhole = plan.tail === null && plan.sinceMs === -Infinity && plan.untilMs === Infinity;
  if (isWhole && !plan.timestamps) return yield* pieces;
  let skipped = await countSkipped(source, plan.tail);
  for await (const line of linesOf(pieces)) {
    if (skipped-- > 0 || line.atMs < plan.sinceMs) continue;
    if (line.atMs > plan.untilMs) return;
    yield line;
  }
}

const stamped = ({ atMs, bytes }: LogPiece): Uint8Array =>
  Buffer.concat([Buffer.from(`${new Date(atMs).toISOString()} `), bytes]);

async function print(source: Source, plan: LogsPlan, { io }: HistoryServices): Promise<void> {
  for await (const piece of selected(source, plan)) {
    await io[piece.stream].write(plan.timestamps ? stamped(piece) : piece.bytes);
  }
}

function refuseUnfollowable({ record, state }: StoredRun, plan: LogsPlan): void {
  if (record.kind === 'run' || !plan.follow || state !== 'running') return;
  throw usageError('--follow: a test cannot be followed; leave it out to see what has ended so far');
}

/**
 * `hotcell logs`: what a run's program wrote, to standard output and standard error as it did.
 *
 * @returns the exit code: 1 when there is no such run
 * @throws HotcellError `invalid-usage` for the flags, `io`
 */
export async function logsCommand(
  flags: LogsFlags,
  reference: string,
  services: HistoryServices,
): Promise<number> {
  const plan = planLogs(flags, (services.clock ?? systemClock).date());
  const history = await services.openHistory();
  let run: StoredRun | undefined;
  const missing = await forEachNamed([reference], services.io, {
    command: 'logs',
    act: async (wanted) => {
      run = await history.get(wanted);
    },
  });
  if (run === undefined) return missing;
  refuseUnfollowable(run, plan);
  await print({ history, run }, plan, services);
  return 0;
}
