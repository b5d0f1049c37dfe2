import type { ReporterSpec } from '../../engine/index.js';
import type { Io } from '../io/io.js';
import { codeOf } from '../reason.js';
import { BROKEN_PIPE } from '../run/exit-code.js';
import { usageError } from '../run/values.js';
import type { SuiteReporter } from '../test/engine.js';
import type { TestKit } from '../test/kit.js';
import { ReportOut } from '../test/report-out.js';
import { makeReporters, SUMMARY } from '../test/reporters.js';
import type { ReportFlags } from './flags.js';

/** What the command needs of the engine, and no more. */
export interface ReportKit extends Pick<TestKit, 'parseReporters' | 'createReporter'> {
  convert(path: string, reporters: readonly SuiteReporter[]): Promise<unknown>;
}

interface ReportServices {
  readonly io: Io;
  readonly loadKit: () => Promise<ReportKit>;
}

function refuseOverwriting(file: string, specs: readonly ReporterSpec[]): void {
  const same = specs.find((spec) => spec.file === file);
  if (same !== undefined) {
    throw usageError(`--reporter: ${same.name}=${file} would overwrite the report that it is made from`);
  }
}

/**
 * `hotcell report FILE`: a report of `json` or `jsonl` in other forms; a summary when none is asked for.
 *
 * @returns 0 whatever the report says
 * @throws HotcellError `invalid-spec` for a file that is no report, `io` for one that cannot be read or written
 */
export async function reportCommand(
  flags: ReportFlags,
  file: string,
  { io, loadKit }: ReportServices,
): Promise<number> {
  const kit = await loadKit();
  const asked = kit.parseReporters(flags.reporter ?? []);
  const specs = asked.length === 0 ? [SUMMARY] : asked;
  refuseOverwriting(file, specs);
  const out = new ReportOut(io.stdout, { before: () => Promise.resolve(), onLost: () => undefined });
  try {
    await kit.convert(file, makeReporters(kit, specs, { io, color: flags.color ?? true, out }));
    return 0;
  } catch (error) {
    if (codeOf(out.error) === 'EPIPE') return BROKEN_PIPE;
    throw error;
  }
}
