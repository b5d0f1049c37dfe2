import { quote } from '../../core/index.js';
import { humanSpan } from '../listing/ago.js';
import { shortened, timeCell, withHidden } from '../listing/cells.js';
import { oneLine } from '../text.js';
import type { RunState, StoredRun } from './model.js';

const SHORT_ID = 12;
const SHORT_COMMAND = 20;

/** A run as `hotcell ps` shows it, for a table, a template or JSON. All of it is harmless text of one line. */
export interface Row {
  readonly Command: string;
  readonly CreatedAt: string;
  readonly ExitCode: number | null;
  readonly ID: string;
  readonly Image: string;
  readonly Kind: string;
  readonly Labels: string;
  readonly Names: string;
  readonly RunningFor: string;
  readonly State: RunState;
  readonly Status: string;
}

const TITLES: Readonly<Record<keyof Row, string>> = {
  Command: 'COMMAND',
  CreatedAt: 'CREATED AT',
  ExitCode: 'EXIT CODE',
  ID: 'RUN ID',
  Image: 'IMAGE',
  Kind: 'KIND',
  Labels: 'LABELS',
  Names: 'NAMES',
  RunningFor: 'CREATED',
  State: 'STATE',
  Status: 'STATUS',
};

interface Look {
  readonly now: Date;
  readonly truncates: boolean;
}

function statusOf({ state, record }: StoredRun, now: Date): string {
  const since = (time: string | null): string =>
    humanSpan(now.getTime() - Date.parse(time ?? record.createdAt));
  const words: Record<RunState, () => string> = {
    running: () => `Up ${since(null)}`,
    exited: () => `Exited (${record.exitCode ?? '?'}) ${since(record.finishedAt)} ago`,
    lost: () => 'Exited (lost)',
  };
  return words[state]();
}

export function rowOf(run: StoredRun, { now, truncates }: Look): Row {
  const { record } = run;
  const labels = Object.entries(record.labels).map(([key, value]) => `${key}=${value}`);
  return {
    Command: quote(shortened(record.command.join(' '), SHORT_COMMAND, truncates), Infinity),
    CreatedAt: timeCell(record.createdAt),
    ExitCode: record.exitCode,
    ID: truncates ? record.id.slice(0, SHORT_ID) : record.id,
    Image: oneLine(record.image ?? ''),
    Kind: record.kind,
    Labels: oneLine(labels.sort().join(',')),
    Names: record.name ?? '',
    RunningFor: `${humanSpan(now.getTime() - Date.parse(record.createdAt))} ago`,
    State: run.state,
    Status: statusOf(run, now),
  };
}

/** A row with what a template may ask for besides: `.Name`, and `.Label "key"`. */
export function templateRow(row: Row, { record }: StoredRun): object {
  const label = (key: unknown): string => {
    const found = Object.entries(record.labels).find(([name]) => name === key);
    return oneLine(found?.[1] ?? '');
  };
  return withHidden(row, { Name: row.Names, Label: label });
}

export function templateTitles(): object {
  return withHidden(TITLES, { Name: TITLES.Names, Label: (key: unknown) => String(key).toUpperCase() });
}
