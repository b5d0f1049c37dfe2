import { compileTemplate } from '../../template/index.js';
import { jsonText } from '../json-text.js';
import { parsed } from '../run/values.js';
import type { StoredRun } from './model.js';
import { type Row, rowOf, templateRow, templateTitles } from './row.js';
import { shownText } from './shown-text.js';
import { alignColumns } from './table.js';

export interface PsLook {
  readonly now: Date;
  readonly truncates: boolean;
}

type Printer = (runs: readonly StoredRun[], look: PsLook) => string;

const DEFAULT_COLUMNS = ['ID', 'Kind', 'Image', 'Command', 'RunningFor', 'Status', 'Names'] as const;

const DEFAULT_TABLE = DEFAULT_COLUMNS.map((column) => `{{.${column}}}`).join('\\t');

/** In a shell's quotes a tab is written like this. */
const ESCAPES: Readonly<Record<string, string>> = { '\\t': '\t', '\\n': '\n' };
const unescaped = (text: string): string => text.replace(/\\[tn]/g, (written) => ESCAPES[written] ?? written);

function templated(text: string): { titles: string; render: (run: StoredRun, look: PsLook) => string } {
  const template = compileTemplate(unescaped(text), { show: shownText });
  return {
    // Even where nobody sees them: a field that does not exist is an error also when there are no runs.
    titles: template.renderTitles(templateTitles()),
    render: (run, look) => template.render(templateRow(rowOf(run, look), run)),
  };
}

function tablePrinter(text: string): Printer {
  const { titles, render } = templated(text);
  return (runs, look) =>
    alignColumns([titles, ...runs.map((run) => render(run, look))].map((line) => line.split('\t')));
}

function linePrinter(text: string): Printer {
  const { render } = templated(text);
  return (runs, look) => runs.map((run) => `${render(run, look)}\n`).join('');
}

const sorted = (row: Row): object =>
  Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));

const printJson: Printer = (runs, look) => runs.map((run) => jsonText(sorted(rowOf(run, look)))).join('');

export const printIds: Printer = (runs, look) => runs.map((run) => `${rowOf(run, look).ID}\n`).join('');

/**
 * What `--format` asks for: `json`, `table`, `table` with a template, or a template.
 *
 * @throws HotcellError `invalid-usage`; the printer too, for what only shows with data
 */
export function psPrinter(format = 'table'): Printer {
  if (format === 'json') return printJson;
  const [, columns] = /^table(?:\s+([\s\S]*))?$/.exec(format) ?? [];
  const isTable = /^table(\s|$)/.test(format);
  const make = (): Printer => (isTable ? tablePrinter(columns || DEFAULT_TABLE) : linePrinter(format));
  const print = parsed('--format', format, make);
  return (runs, look) => parsed('--format', format, () => print(runs, look));
}
