import type { DoctorCheck, DoctorReport } from '../../engine/index.js';
import type { Colors } from '../color.js';
import { oneLine } from '../text.js';

/** As docs/architecture.md has them. */
export const TIERS: Readonly<Record<DoctorReport['tier'], string>> = {
  T0: 'root with cgroup v2',
  T1: 'root with v1 or both',
  T2: 'an ordinary user with a delegated v2 group',
  T3: 'without cgroups',
  T4: 'no user namespaces',
};

function markOf({ ok, optional }: DoctorCheck, colors: Colors): string {
  if (ok) return colors.green('✓');
  return optional === true ? colors.yellow('!') : colors.red('✗');
}

function checkLines(check: DoctorCheck, width: number, colors: Colors): string[] {
  const { name, ok, detail, remedy } = check;
  const mark = markOf(check, colors);
  const line = `  ${mark} ${oneLine(name).padEnd(width)}  ${oneLine(detail)}`.trimEnd();
  if (ok || remedy === null) return [line];
  const fix = remedy.split('\n').map((step) => `      ${colors.bold(oneLine(step))}`);
  return [line, `    ${colors.yellow('to fix it:')}`, ...fix];
}

function verdict({ ok, checks }: DoctorReport, colors: Colors): string {
  const weaker = checks.filter((check) => !check.ok && check.optional === true).length;
  if (ok && weaker === 0) return colors.green('Full isolation works here.');
  if (ok) return colors.green('Full isolation works here; what is marked with ! would make it stronger.');
  const missing = checks.filter((check) => !check.ok && check.optional !== true).length;
  const what = missing === 1 ? '1 thing is missing' : `${missing} things are missing`;
  return colors.red(`Full isolation does not work here: ${what}.`);
}

/** The report for people. Remedies stand on lines of their own, to be copied. */
export function renderDoctor(report: DoctorReport, colors: Colors): string {
  const width = Math.max(0, ...report.checks.map((check) => check.name.length));
  const lines = [
    `${colors.bold(`Tier ${report.tier}`)} (${TIERS[report.tier]})`,
    ...report.checks.flatMap((check) => checkLines(check, width, colors)),
    verdict(report, colors),
  ];
  return `${lines.join('\n')}\n`;
}
