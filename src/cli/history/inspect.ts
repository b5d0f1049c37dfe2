import { join } from 'node:path';
import { documentPrinter } from '../listing/documents.js';
import { forEachNamed } from '../listing/each.js';
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
  const print = documentPrinter({ json: documentOf, template: templateData }, flags.format);
  const history = await services.openHistory();
  const found: StoredRun[] = [];
  const exitCode = await forEachNamed(runs, services.io, {
    command: 'inspect',
    act: async (run) => {
      found.push(await history.get(run));
    },
  });
  await services.io.stdout.write(print(found));
  return exitCode;
}
