import { compileTemplate } from '../../template/index.js';
import { jsonText } from '../json-text.js';
import { parsed } from '../run/values.js';
import { shownText } from './shown-text.js';

/** How all that is known of a thing is shown. */
export interface Documents<Item> {
  readonly json: (item: Item) => object;
  /** The same for a template, where keys that users choose are data, and not fields that must be there. */
  readonly template: (item: Item) => object;
}

/**
 * What `--format` of `inspect` asks for: a JSON list of all, `json` for a line each, or a template.
 *
 * @throws HotcellError `invalid-usage`; the printer too, for what only shows with data
 */
export function documentPrinter<Item>(
  { json, template: dataOf }: Documents<Item>,
  format: string | undefined,
): (items: readonly Item[]) => string {
  if (format === undefined) return (items) => jsonText(items.map(json), { indent: true });
  if (format === 'json') return (items) => items.map((item) => jsonText(json(item))).join('');
  const template = parsed('--format', format, () => compileTemplate(format, { show: shownText }));
  return (items) =>
    items.map((item) => `${parsed('--format', format, () => template.render(dataOf(item)))}\n`).join('');
}
