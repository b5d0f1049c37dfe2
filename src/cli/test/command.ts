import type { Suite } from '../../spec/index.js';
import type { Io } from '../io/io.js';
import type { ImageFinder } from '../obtain-image.js';
import { oneLine } from '../text.js';
import { titleOf } from '../title.js';
import type { Selection } from './engine.js';
import type { TestFlags } from './flags.js';
import { withImages } from './images.js';
import { keepRun } from './keep.js';
import type { TestKit } from './kit.js';
import { countSelected, load, selectionOf, settleResume } from './load.js';
import { perform, say } from './perform.js';
import { planTest } from './plan.js';
import { withSummary } from './reporters.js';
import { withOwnFiles } from './same-files.js';
import { refuseSuiteTargets } from './suite-targets.js';

export interface TestServices extends ImageFinder {
  readonly loadKit: () => Promise<TestKit>;
}

async function list(kit: TestKit, io: Io, suites: readonly Suite[], selection: Selection): Promise<number> {
  const titles = kit.select(suites, selection).map(titleOf);
  await io.stdout.write([...new Set(titles)].map((title) => `${oneLine(title)}\n`).join(''));
  return 0;
}

/**
 * `hotcell test`.
 *
 * @returns the exit code: 0 all passed, 1 not all, 125 a fault of Hotcell's own, 128 + N interrupted by signal N
 * @throws HotcellError `invalid-usage` and `invalid-spec` before anything is started, and the engine's
 */
export async function testCommand(
  flags: TestFlags,
  words: readonly string[],
  { loadKit, ...finder }: TestServices,
): Promise<number> {
  const { io } = finder;
  const written = planTest(flags, words);
  const kit = await loadKit();
  const specs = withSummary(kit.parseReporters(written.reporters), written.quiet);
  const settled = await withOwnFiles(await settleResume(written, flags, { kit, io }), io.cwd);
  const loaded = await load(settled, { kit, io });
  const { plan, found } = settled;
  const selection = selectionOf(plan, loaded.suites);
  if (plan.list) return await list(kit, io, loaded.suites, selection);
  const total = countSelected(plan, { kit, suites: loaded.suites, selection });
  await refuseSuiteTargets(specs, { suites: loaded.suites, cwd: io.cwd });
  const color = flags.color ?? true;
  const how = { pull: plan.pull, quiet: plan.quiet, color };
  const pinned = { ...loaded, suites: await withImages({ kit, ...loaded, selection }, how, finder) };
  const keeping = await keepRun(() => kit.openHistory(io.env), { plan, found, total, ...pinned });
  if (keeping.said.length > 0) await say(io, keeping.said);
  return await perform({ plan, kit, io, color, specs, loaded: pinned, selection }, keeping);
}
