import type { DoctorReport } from '../../engine/index.js';
import { colors, wantsColor } from '../color.js';
import type { Io } from '../io/io.js';
import { jsonText } from '../json-text.js';
import { renderDoctor } from './render.js';

export interface DoctorFlags {
  readonly json?: boolean;
  readonly color?: boolean;
}

/** `hotcell doctor`. @returns 0 only when full isolation works */
export async function doctorCommand(
  flags: DoctorFlags,
  { io, diagnose }: { readonly io: Io; readonly diagnose: () => Promise<DoctorReport> },
): Promise<number> {
  const report = await diagnose();
  const colored = wantsColor({ env: io.env, flag: flags.color ?? true, isTty: io.stdoutIsTty });
  await io.stdout.write(
    flags.json ? jsonText(report, { indent: io.stdoutIsTty }) : renderDoctor(report, colors(colored)),
  );
  return report.ok ? 0 : 1;
}
