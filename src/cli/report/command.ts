import { stat } from 'node:fs/promises';
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
  convert(
    paths: readonly string[],
    reporters: readonly SuiteReporter[],
    options: { readonly latest: boolean },
  ): Promise<unknown>;
}

interface ReportServices {
  readonly io: Io;
  readonly loadKit: () => Promise<ReportKit>;
}

/** Null for what is not there, or cannot be looked at: whoever opens it says why. */
async function identityOf(path: string): Promise<string | null> {
  return await stat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => null,
  );
}

/** Whatever it is called, and whichever link leads to it. */
async function refuseOverwriting(files: readonly string[], specs: readonly ReporterSpec[]): Promise<void> {
  const sources = new Set(await Promise.all(files.map(identityOf)));
  for (const { name, file: target } of specs) {
    const identity = target === null ? null : await identityOf(target);
    if (identity === null || !sources.has(identity)) continue;
    throw usageError(`--reporter: ${name}=${target} would overwrite the report that it is made from`);
  }
}

/**
 * `hotcell report FILE…`: reports of `json` or `jsonl`, together, in other forms; a summary when none is asked for.
 *
 * @returns 0 whatever the report says
 * @throws HotcellError `invalid-spec` for a file that is no report, `io` for one that cannot be read or written
 */
export async function reportCommand(
  flags: ReportFlags,
  files: readonly string[],
  { io, loadKit }: ReportServices,
): Promise<number> {
  const kit = await loadKit();
  const asked = kit.parseReporters(flags.reporter ?? []);
  const specs = asked.length === 0 ? [SUMMARY] : asked;
  await refuseOverwriting(files, specs);
  const out = new ReportOut(io.stdout, { before: () => Promise.resolve(), onLost: () => undefined });
  try {
    const reporters = makeReporters(kit, specs, { io, color: flags.color ?? true, out });
    await kit.convert(files, reporters, { latest: flags.latest ?? false });
    return 0;
  } catch (error) {
    if (codeOf(out.error) === 'EPIPE') return BROKEN_PIPE;
    throw error;
  }
}
