import { compileTemplate } from '../../template/index.js';
import { jsonText } from '../json-text.js';
import { parsed } from '../run/values.js';
import { shownText } from './shown-text.js';
import { alignColumns } from './table.js';

/** How things of one kind become rows; a row is harmless text of one line in each of its fields. */
export interface RowKind<Item, Look> {
  readonly rowOf: (item: Item, look: Look) => object;
  /** The row for a template, which may ask for more than JSON has. */
  readonly templateRow: (item: Item, look: Look) => object;
  /** The titles of a template's fields. */
  readonly titles: () => object;
  /** The template of the table that is shown when nothing else is asked for, its columns between tabs. */
  readonly table: string;
}

export type Printer<Item, Look> = (items: readonly Item[], look: Look) => string;

/** In a shell's quotes a tab is written like this. */
const ESCAPES: Readonly<Record<string, string>> = { '\\t': '\t', '\\n': '\n' };
const unescaped = (text: string): string => text.replace(/\\[tn]/g, (written) => ESCAPES[written] ?? written);

/** The columns of a default table, as a template. */
export const tableOf = (fields: readonly string[]): string =>
  fields.map((field) => `{{.${field}}}`).join('\t');

function templated<Item, Look>(text: string, { templateRow, titles }: RowKind<Item, Look>) {
  const template = compileTemplate(unescaped(text), { show: shownText });
  return {
    // Even where nobody sees them: a field that does not exist is an error also when there are no rows.
    titles: template.renderTitles(titles()),
    render: (item: Item, look: Look) => template.render(templateRow(item, look)),
  };
}

function tablePrinter<Item, Look>(text: string, kind: RowKind<Item, Look>): Printer<Item, Look> {
  const { titles, render } = templated(text, kind);
  return (items, look) =>
    alignColumns([titles, ...items.map((item) => render(item, look))].map((line) => line.split('\t')));
}

function linePrinter<Item, Look>(text: string, kind: RowKind<Item, Look>): Printer<Item, Look> {
  const { render } = templated(text, kind);
  return (items, look) => items.map((item) => `${render(item, look)}\n`).join('');
}

const sorted = (row: object): object =>
  Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));

/**
 * What `--format` asks for: `json`, `table`, `table` with a template, or a template.
 *
 * @throws HotcellError `invalid-usage`; the printer too, for what only shows with data
 */
export function printerOf<Item, Look>(kind: RowKind<Item, Look>, format = 'table'): Printer<Item, Look> {
  if (format === 'json')
    return (items, look) => items.map((item) => jsonText(sorted(kind.rowOf(item, look)))).join('');
  const [, columns] = /^table(?:\s+([\s\S]*))?$/.exec(format) ?? [];
  const isTable = /^table(\s|$)/.test(format);
  const make = () => (isTable ? tablePrinter(columns || kind.table, kind) : linePrinter(format, kind));
  const print = parsed('--format', format, make);
  return (items, look) => parsed('--format', format, () => print(items, look));
}
