import { readReport, type StoredReport } from '../document/read.js';
import type { HostReport } from '../reporter.js';
import { noiseOf } from '../summary/noise.js';
import { type CaseRecord, readCases } from './cases.js';
import { compareFigures } from './figures.js';
import type { CaseChange, DiffSide, ReportDiff } from './shape.js';

interface Side {
  readonly path: string;
  readonly report: StoredReport;
  readonly cases: ReadonlyMap<string, CaseRecord>;
}

async function readSide(path: string): Promise<Side> {
  const report = await readReport(path);
  return { path, report, cases: await readCases(report.outcomes()) };
}

const sideOf = ({ path, report: { start }, cases }: Side): DiffSide => ({
  path,
  id: start.id,
  version: start.version,
  startedAt: start.startedAt,
  cases: cases.size,
});

const HOST_FACTS = [
  'hostname',
  'kernel',
  'cpuModel',
  'cpuCount',
  'memoryBytes',
  'governor',
  'smt',
] as const satisfies readonly (keyof HostReport)[];

function warningsOf(name: string, { report: { start, summary } }: Side): string[] {
  if (summary === null) return [`the ${name} run never got to its end`];
  const noise = noiseOf(start.host, summary.host, summary.wallMs);
  return [
    ...(summary.stopped === null ? [] : [`the ${name} run was stopped: ${summary.stopped}`]),
    ...(noise.length === 0 ? [] : [`the ${name} run was disturbed: ${noise.join('; ')}`]),
  ];
}

function warnings(before: Side, after: Side): string[] {
  const [a, b] = [before.report.start, after.report.start];
  const facts = HOST_FACTS.filter((fact) => a.host[fact] !== b.host[fact]);
  const differences = facts.map((fact) => `${fact} ${String(a.host[fact])} and ${String(b.host[fact])}`);
  return [
    ...(differences.length === 0 ? [] : [`the hosts differ: ${differences.join('; ')}`]),
    ...(a.workers === b.workers ? [] : [`the runs had ${a.workers} and ${b.workers} workers`]),
    ...warningsOf('first', before),
    ...warningsOf('second', after),
  ];
}

const isBad = (record: CaseRecord | undefined): boolean =>
  record?.verdict === 'failed' || record?.verdict === 'error';

const changeOf = (before: CaseRecord | undefined, after: CaseRecord | undefined): CaseChange => ({
  title: (after ?? before)?.title ?? '',
  before: before?.verdict ?? null,
  after: after?.verdict ?? null,
  reason: after?.reason ?? before?.reason ?? null,
});

type Pair = readonly [before: CaseRecord | undefined, after: CaseRecord | undefined];

function verdictChanges(pairs: readonly Pair[]) {
  const where = (test: (before: CaseRecord | undefined, after: CaseRecord | undefined) => boolean) =>
    pairs.filter(([before, after]) => test(before, after)).map(([before, after]) => changeOf(before, after));
  return {
    newFailures: where((before, after) => isBad(after) && !isBad(before)),
    fixed: where((before, after) => isBad(before) && after?.verdict === 'passed'),
    stillFailing: where((before, after) => isBad(before) && isBad(after)),
    noLongerRun: where((before, after) => before?.verdict === 'passed' && after?.verdict === 'skipped'),
    newlyFlaky: pairs.flatMap(([before, after]) =>
      after?.flaky === true && before?.flaky !== true ? [after.title] : [],
    ),
    added: pairs.flatMap(([before, after]) =>
      before === undefined && after !== undefined ? [after.title] : [],
    ),
    removed: pairs.flatMap(([before, after]) =>
      after === undefined && before !== undefined ? [before.title] : [],
    ),
  };
}

/**
 * What changed from one report on disk to another, JSON or JSON lines.
 *
 * @throws HotcellError `io` and `invalid-spec` as readReport does
 */
export async function diffReports(beforePath: string, afterPath: string): Promise<ReportDiff> {
  const [before, after] = [await readSide(beforePath), await readSide(afterPath)];
  const keys = new Set([...before.cases.keys(), ...after.cases.keys()]);
  const pairs = [...keys].map((key): Pair => [before.cases.get(key), after.cases.get(key)]);
  const both = pairs.flatMap(([a, b]) => (a === undefined || b === undefined ? [] : [[a, b] as const]));
  const changes = verdictChanges(pairs);
  return {
    before: sideOf(before),
    after: sideOf(after),
    warnings: warnings(before, after),
    ...changes,
    ...compareFigures(both),
    ok: changes.newFailures.length === 0 && changes.noLongerRun.length === 0,
  };
}
