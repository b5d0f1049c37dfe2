import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Suite } from '../../spec/index.js';
import type { Io } from '../io/io.js';
import { usageError } from '../run/values.js';
import type { Selection } from './engine.js';
import { caseFilter } from './filter.js';
import type { TestFlags } from './flags.js';
import type { FoundRun } from './history.js';
import { resumedFlags } from './kept-flags.js';
import type { TestKit } from './kit.js';
import { overridden } from './overrides.js';
import { planTest, type TestPlan } from './plan.js';

/** What is to be resumed, and the plan with what was said when it began. */
export interface Settled {
  readonly plan: TestPlan;
  readonly found: FoundRun | null;
}

/** The suites, and where they come from. */
export interface Loaded {
  readonly files: readonly string[];
  readonly cwd: string;
  readonly suites: readonly Suite[];
}

interface Around {
  readonly kit: TestKit;
  readonly io: Io;
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/** The parser takes the first FILE after a lone `--resume` for its value. */
async function withFile(plan: TestPlan, cwd: string): Promise<TestPlan> {
  const { resume, files } = plan;
  if (resume === null || resume === 'last' || !(await exists(resolve(cwd, resume.run)))) return plan;
  return { ...plan, resume: 'last', files: [resume.run, ...files] };
}

/** @throws HotcellError `invalid-usage` when there is no such run, or it was about something else than the flags say */
export async function settleResume(
  written: TestPlan,
  flags: TestFlags,
  { kit, io }: Around,
): Promise<Settled> {
  const plan = await withFile(written, io.cwd);
  const { files, resume } = plan;
  if (resume === null) return { plan, found: null };
  const history = await kit.openHistory(io.env);
  const found = await history.find(resume === 'last' ? null : resume.run);
  return { plan: { ...planTest(resumedFlags(flags, found.flags), []), files, resume }, found };
}

export async function load({ plan, found }: Settled, { kit, io }: Around): Promise<Loaded> {
  const isAsBefore = plan.files.length === 0 && found !== null;
  const files = isAsBefore ? found.files : plan.files.length === 0 ? ['.'] : plan.files;
  const cwd = (isAsBefore ? found.cwd : null) ?? io.cwd;
  const { allowOutside, allowUnsafe } = plan;
  const suites = await kit.loadSuites(files, { cwd, allowOutside, allowUnsafe });
  return { files, cwd, suites: overridden(suites, plan.overrides) };
}

export function selectionOf(plan: TestPlan, suites: readonly Suite[]): Selection {
  const filter = caseFilter(suites, plan.titles, plan.labels);
  return {
    ...(filter !== undefined && { filter }),
    ...(plan.shard !== undefined && { shard: plan.shard }),
    ...(plan.options.repeat !== undefined && { repeat: plan.options.repeat }),
  };
}

/**
 * How many results the run comes to. A run of nothing that passes would hide a typing mistake; a shard may be empty, though.
 *
 * @throws HotcellError `invalid-usage` when no case is left
 */
export function countSelected(
  plan: TestPlan,
  {
    kit,
    suites,
    selection,
  }: { readonly kit: TestKit; readonly suites: readonly Suite[]; readonly selection: Selection },
): number {
  const { shard, ...whole } = selection;
  const count = kit.select(suites, whole).length;
  if (count > 0) return shard === undefined ? count : kit.select(suites, selection).length;
  const flags = [plan.titles.length > 0 ? '--filter' : '', plan.labels.size > 0 ? '--label' : ''];
  const names = flags.filter(Boolean).join(' and ');
  throw usageError(
    names === '' ? 'the suites have no cases' : `${names}: no case is left; hotcell test --list shows all`,
  );
}
