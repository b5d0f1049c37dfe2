import { join } from 'node:path';
import { compileTemplate, type Template } from '../../template/index.js';
import { jsonText } from '../json-text.js';
import { forEachNamed } from '../listing/each.js';
import { shownText } from '../listing/shown-text.js';
import { parsed } from '../run/values.js';
import type { StoredRun } from './model.js';
import type { HistoryServices } from './services.js';

export interface InspectFlags {
  readonly format?: string;
  readonly color?: boolean;
}

/** Everything that is known of a run, as its JSON shows it. */
function documentOf({ record, state, pid, directory }: StoredRun) {
  const { outcome, summary, exitCode, finishedAt, ...rest } = record;
  return {
    id: rest.id,
    name: rest.name,
    kind: rest.kind,
    image: rest.image,
    command: rest.command,
    cwd: rest.cwd,
    labels: rest.labels,
    createdAt: rest.createdAt,
    state: { status: state, running: state === 'running', exitCode, finishedAt, pid, turn: rest.turn },
    paths: {
      directory,
      outcomes: join(directory, 'outcomes.jsonl'),
      stdout: join(directory, 'stdout'),
      stderr: join(directory, 'stderr'),
    },
    outcome,
    summary,
  };
}

const mapOf = (record: Readonly<Record<string, unknown>>): Map<string, unknown> =>
  new Map(Object.entries(record));

/** The same for a template, where keys that users choose are data, and not fields that must be there. */
function templateData(run: StoredRun): object {
  const document = documentOf(run);
  const { outcome } = document;
  return {
    ...document,
    labels: mapOf(document.labels),
    outcome: outcome && {
      ...outcome,
      labels: mapOf(outcome.labels),
      metrics: { ...outcome.metrics, sources: mapOf(outcome.metrics.sources) },
    },
  };
}

type Render = (run: StoredRun) => string;

function templateRender(format: string): Render {
  const template: Template = parsed('--format', format, () => compileTemplate(format, { show: shownText }));
  return (run) => `${parsed('--format', format, () => template.render(templateData(run)))}\n`;
}

/**
 * `hotcell inspect`: a JSON list with all that is known of each run, or a line for each by `--format`.
 *
 * @returns the exit code: 1 when one of the runs is not there
 * @throws HotcellError `invalid-usage` for the format, `io`
 */
export async function inspectCommand(
  flags: InspectFlags,
  runs: readonly string[],
  services: HistoryServices,
): Promise<number> {
  const { format } = flags;
  const isList = format === undefined;
  const isJson = format === 'json';
  const render = isList || isJson ? (run: StoredRun) => jsonText(documentOf(run)) : templateRender(format);
  const history = await services.openHistory();
  const found: StoredRun[] = [];
  const exitCode = await forEachNamed(runs, services.io, {
    command: 'inspect',
    act: async (run) => {
      found.push(await history.get(run));
    },
  });
  const text = isList ? jsonText(found.map(documentOf), { indent: true }) : found.map(render).join('');
  await services.io.stdout.write(text);
  return exitCode;
}
