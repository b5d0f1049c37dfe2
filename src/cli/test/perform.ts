import { systemClock } from '../../core/index.js';
import type { ReporterSpec } from '../../engine/index.js';
import { colors, wantsColor } from '../color.js';
import type { Io } from '../io/io.js';
import { codeOf } from '../reason.js';
import { BROKEN_PIPE, codeOfSignal, OWN_FAULT } from '../run/exit-code.js';
import { prefixed } from '../text.js';
import { chooseView, wantsLive } from '../view/choose.js';
import type { View } from '../view/view.js';
import { BegunTogether } from './begun-together.js';
import type { Selection } from './engine.js';
import { exitCodeOf } from './exit-code.js';
import { finishKept, type Keeping } from './keep.js';
import type { TestKit } from './kit.js';
import type { Loaded } from './load.js';
import type { TestPlan } from './plan.js';
import { ReportOut } from './report-out.js';
import { makeTestReporters, takesStdout, usualSampling } from './reporters.js';
import { type TestSupervision, TestSupervisor, type TestTask } from './supervise.js';

export interface Prepared {
  readonly plan: TestPlan;
  readonly kit: TestKit;
  readonly io: Io;
  readonly color: boolean;
  readonly specs: readonly ReporterSpec[];
  readonly loaded: Loaded;
  readonly selection: Selection;
}

/** Two that draw on one terminal would spoil each other's picture. */
function isHidden({ plan, specs, io }: Prepared): boolean {
  return plan.quiet || (takesStdout(specs) && (io.stdoutIsTty || !wantsLive(io)));
}

function makeView(prepared: Prepared): View {
  const { io, color } = prepared;
  const { env, stderrIsTty } = io;
  return chooseView(
    { quiet: isHidden(prepared), stderrIsTty, env },
    { io, clock: systemClock, colors: colors(wantsColor({ env, flag: color, isTty: stderrIsTty })) },
  );
}

/** Nobody is left to be told when standard error is closed as well. */
export async function say(io: Io, lines: readonly string[]): Promise<void> {
  await io.stderr.write(prefixed('hotcell: ', lines)).catch(() => undefined);
}

function conclude(result: TestSupervision): number {
  const { summary, ownFaults, interruptedBy } = result;
  if (summary === null) return codeOfSignal(interruptedBy ?? 'SIGINT');
  return exitCodeOf({ summary, ownFaults, interruptedBy });
}

function howToGoOn({ run }: Keeping, { interruptedBy }: TestSupervision): string[] {
  return run === null || interruptedBy === undefined ? [] : [`to go on: hotcell test --resume ${run.id}`];
}

function taskOf(
  prepared: Prepared,
  keeping: Keeping,
  { out, together }: { readonly out: ReportOut; readonly together: BegunTogether },
): TestTask {
  const { plan, kit, io, color, specs, loaded, selection } = prepared;
  const sampling = usualSampling(specs, !isHidden(prepared) && wantsLive(io));
  const reporters = makeTestReporters(kit, specs, { io, color, out });
  const options = {
    ...plan.options,
    ...selection,
    reporters: [...together.all(reporters), ...keeping.reporters],
    done: keeping.done,
    sampleIntervalMs: plan.sampleIntervalMs === undefined ? sampling : plan.sampleIntervalMs,
  };
  return { suites: loaded.suites, options };
}

/** Runs what is prepared, shows it, reports it, keeps it. @returns the exit code */
export async function perform(prepared: Prepared, keeping: Keeping): Promise<number> {
  const { plan, kit, io } = prepared;
  const view = makeView(prepared);
  const supervisor = new TestSupervisor(io, view, plan.onInterrupt);
  const together = new BegunTogether(() => {
    supervisor.cancel();
    void view.close();
  });
  const out = new ReportOut(io.stdout, { before: () => view.giveWay(), onLost: supervisor.cancel });
  try {
    const result = await supervisor.supervise(
      () => kit.startEngine({ jobs: plan.options.budget?.tasks }),
      taskOf(prepared, keeping, { out, together }),
    );
    const exitCode = conclude(result);
    await view.close();
    const problem = await finishKept(keeping, { exitCode, summary: result.summary });
    await say(io, [...(problem === null ? [] : [problem]), ...howToGoOn(keeping, result)]);
    const isBroken = problem !== null && keeping.isNamed && result.interruptedBy === undefined;
    return isBroken ? OWN_FAULT : exitCode;
  } catch (error) {
    await view.close();
    // As with `yes | head`, a reader who has gone is nobody's fault and nothing to talk about.
    const isAlone = codeOf(out.error) === 'EPIPE';
    await finishKept(keeping, { exitCode: isAlone ? BROKEN_PIPE : OWN_FAULT, summary: null });
    if (isAlone) return BROKEN_PIPE;
    throw error;
  }
}
