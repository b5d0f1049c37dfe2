import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { quote } from '../../core/index.js';
import { imageKind, type Outcome } from '../../spec/index.js';
import type { Io } from '../io/io.js';
import { jsonText } from '../json-text.js';
import { hasImage, type ImageFinder, inTermsOfImageFlag, obtainImage } from '../obtain-image.js';
import { codeOf, reason } from '../reason.js';
import { prefixed } from '../text.js';
import { type Conclusion, conclude } from './conclude.js';
import { CopyOutWriter } from './copy-out.js';
import type { Engine } from './engine.js';
import { BROKEN_PIPE, OWN_FAULT } from './exit-code.js';
import type { RunFlags } from './flags.js';
import { writeHostFile } from './host-file.js';
import { withHostInputs } from './host-inputs.js';
import { asUsage } from './job-problems.js';
import { type HistoryService, type Keeping, keepRun } from './keep.js';
import { planRun, type RunPlan } from './plan.js';
import { seccompNotes } from './seccomp.js';
import { inTypedWords } from './start-failure.js';
import { type Supervision, Supervisor } from './supervise.js';
import { traceLines, writeTracedProfile } from './trace.js';
import { usageError } from './values.js';

/** A report that cannot be written is better known before the hour that the run takes than after it. */
async function checkReportPath(path: string): Promise<void> {
  try {
    // Why it cannot be looked at, the access below says.
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory()) throw usageError(`--report: ${quote(path)} is a directory`);
    if (found === null || found.isFile()) await access(dirname(path), constants.W_OK);
  } catch (error) {
    if (codeOf(error) === 'invalid-usage') throw error;
    throw usageError(`--report: ${quote(path)}: ${reason(error)}`, error);
  }
}

async function writeReport(path: string | null, outcome: Outcome | null): Promise<string[]> {
  if (path === null || outcome === null) return [];
  try {
    await writeHostFile(path, Buffer.from(jsonText(outcome)));
    return [];
  } catch (error) {
    return [`--report: ${quote(path)}: ${reason(error)}`];
  }
}

interface Work {
  readonly plan: RunPlan;
  readonly services: RunServices;
  readonly out: CopyOutWriter;
  readonly keeping: Keeping;
}

async function supervise({ plan, services, out, keeping }: Work): Promise<Supervision> {
  const { io, startEngine } = services;
  try {
    const task = {
      job: await withHostInputs(plan, io.env),
      tty: plan.tty,
      live: !plan.json,
      capture: plan.json || plan.reportPath !== null,
      trace: plan.tracePath !== null,
      onOutput: out.write,
      keep: keeping.write,
    };
    return await new Supervisor(io, plan.stopSignal).supervise(startEngine, task);
  } catch (error) {
    await keeping.discard();
    throw asUsage(error);
  }
}

/** Nobody is left to be told when standard error is closed as well. */
async function say(io: Io, lines: readonly string[], midLine = false): Promise<void> {
  const start = midLine && io.stderrIsTty && lines.length > 0 ? '\n' : '';
  await io.stderr.write(start + prefixed('hotcell: ', lines)).catch(() => undefined);
}

/** @returns the exit code when the outcome cannot be printed, null when it is */
async function printJson(io: Io, outcome: Outcome): Promise<number | null> {
  try {
    await io.stdout.write(jsonText(outcome, { indent: io.stdoutIsTty }));
    return null;
  } catch (error) {
    if (codeOf(error) === 'EPIPE') return BROKEN_PIPE;
    await say(io, [`cannot write the outcome: ${reason(error)}`]);
    return OWN_FAULT;
  }
}

async function tell(
  plan: RunPlan,
  io: Io,
  { outcome, midLine }: Supervision,
  said: Conclusion,
): Promise<number> {
  await say(io, said.lines, midLine);
  const unprinted = plan.json && outcome !== null ? await printJson(io, outcome) : null;
  return unprinted ?? said.exitCode;
}

/** What `hotcell run` stands on. */
export interface RunServices extends HistoryService, ImageFinder {
  readonly startEngine: () => Promise<Engine>;
  /** What was written after `hotcell`. */
  readonly argv?: readonly string[] | undefined;
}

/** The plan, made again with the image once that is known. @throws HotcellError `image-not-found`, what fetching throws */
async function planInImage(
  flags: RunFlags,
  command: readonly string[],
  { argv, ...finder }: RunServices,
): Promise<RunPlan> {
  const { io } = finder;
  const place = { cwd: io.cwd, env: io.env, argv };
  const plan = planRun(flags, command, place);
  if (plan.reportPath !== null) await checkReportPath(plan.reportPath);
  const found = imageKind(plan.image);
  if (found.kind !== 'store') return plan;
  try {
    const how = { pull: plan.pull, quiet: plan.quiet, color: flags.color ?? true };
    return planRun(flags, command, place, await obtainImage(found.reference, how, finder));
  } catch (error) {
    throw await inTermsOfImageFlag(error, found.reference, io.cwd);
  }
}

/**
 * `hotcell run`.
 *
 * @returns the exit code
 * @throws HotcellError `invalid-usage` before anything is started, and the engine's
 */
export async function runCommand(
  flags: RunFlags,
  command: readonly string[],
  services: RunServices,
): Promise<number> {
  const { io } = services;
  const plan = await planInImage(flags, command, services);
  const out = await CopyOutWriter.prepare(plan.copyOuts, plan.workdir);
  const warnings = await seccompNotes(plan.job.seccomp);
  const keeping = await keepRun(services, { plan, cwd: io.cwd });
  const result = await supervise({ plan, services, out, keeping });
  const problems = [
    ...out.problems,
    ...(await writeReport(plan.reportPath, result.outcome)),
    ...(await writeTracedProfile(plan.tracePath, result.outcome)),
  ];
  const elsewhere = { cwd: io.cwd, hasImage: async (name: string) => await hasImage(name, services) };
  const outcome = result.outcome && (await inTypedWords(result.outcome, plan, elsewhere));
  const said = conclude(plan, { ...result, outcome }, problems);
  const unkept = await keeping.finish({ exitCode: said.exitCode, outcome: result.outcome });
  const asked = [...(plan.quiet ? [] : warnings), ...(outcome === null ? [] : traceLines(outcome))];
  return await tell(plan, io, result, { ...said, lines: [...said.lines, ...unkept, ...asked] });
}
