import { type Printer, printerOf, type RowKind, tableOf } from '../listing/format.js';
import type { StoredRun } from './model.js';
import { rowOf, templateRow, templateTitles } from './row.js';

export interface PsLook {
  readonly now: Date;
  readonly truncates: boolean;
}

const RUNS: RowKind<StoredRun, PsLook> = {
  rowOf,
  templateRow: (run, look) => templateRow(rowOf(run, look), run),
  titles: templateTitles,
  table: tableOf(['ID', 'Kind', 'Image', 'Command', 'RunningFor', 'Status', 'Names']),
};

export const printIds: Printer<StoredRun, PsLook> = (runs, look) =>
  runs.map((run) => `${rowOf(run, look).ID}\n`).join('');

/** @throws HotcellError `invalid-usage`; the printer too */
export const psPrinter = (format?: string): Printer<StoredRun, PsLook> => printerOf(RUNS, format);
