import { HotcellError, nearest, quote } from '../core/index.js';
import type { Layout } from './layout.js';
import { lookUpName, namesInUse } from './names.js';

const usage = (message: string, hint?: string): HotcellError =>
  new HotcellError({ code: 'invalid-usage', message, hint });

async function notFound(layout: Layout, reference: string): Promise<HotcellError> {
  const meant = nearest(reference, await namesInUse(layout));
  return usage(
    `there is no run ${quote(reference)}${meant === undefined ? '' : `; did you mean ${quote(meant)}?`}`,
  );
}

/**
 * The id of the run that is meant: a whole id, else a name, else the beginning of one id.
 *
 * @throws HotcellError `invalid-usage` when that is no run or more than one
 */
export async function resolveRun(layout: Layout, reference: string): Promise<string> {
  const ids = await layout.ids();
  if (ids.includes(reference)) return reference;
  const named = await lookUpName(layout, reference);
  if (named !== null) return named;
  const begun = reference === '' ? [] : ids.filter((id) => id.startsWith(reference));
  const [id] = begun;
  if (id === undefined) throw await notFound(layout, reference);
  if (begun.length > 1) throw usage(`${begun.length} runs have an id that begins with ${quote(reference)}`);
  return id;
}
