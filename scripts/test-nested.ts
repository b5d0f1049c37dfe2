/**
 * Hotcell in containers: what `hotcell doctor` says there, and whether a run is isolated or refused. As root, with Debian's
 * packages podman and runc, on a host where Hotcell works.
 *
 *   npm run test:nested
 */
import { type InContainer, inContainer, makeRoot } from './nested/container.js';

const CLI = '/hotcell/dist/cli/main.js';
const REFUSED = 125;

interface Setting {
  readonly name: string;
  readonly flags: readonly string[];
  /** What doctor finds missing; nothing: everything works. */
  readonly missing: readonly string[];
}

const UNMASKED = ['--cap-add', 'SYS_ADMIN', '--security-opt', 'unmask=ALL'];

/** The table of docs/nested.md. */
const SETTINGS: readonly Setting[] = [
  {
    name: 'the default',
    flags: [],
    missing: [
      ...['nested-user-namespaces-forbidden', 'pid-namespace', 'mount-tree', 'idmapped-mounts'],
      ...['cgroup-memory', 'cgroup-pids', 'cgroup-cpu', 'cgroup-cpuset', 'run'],
    ],
  },
  {
    name: 'CAP_SYS_ADMIN and the whole of /proc',
    flags: UNMASKED,
    missing: ['cgroup-memory', 'cgroup-pids', 'cgroup-cpu', 'cgroup-cpuset', 'run'],
  },
  {
    name: 'these, and cgroups that can be written to',
    flags: [...UNMASKED, '-v', '/sys/fs/cgroup:/sys/fs/cgroup:rw'],
    missing: [],
  },
  { name: '--privileged', flags: ['--privileged'], missing: [] },
];

interface Report {
  readonly ok: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly remedy: string | null }[];
}

const problems: string[] = [];

function expect(setting: Setting, what: string, holds: boolean, got: unknown): void {
  if (!holds)
    problems.push(`${setting.name}: ${what}: ${typeof got === 'string' ? got : JSON.stringify(got)}`);
}

const words = ({ exitCode, stdout, stderr }: InContainer): string =>
  `${exitCode} ${stdout} ${stderr}`.slice(0, 600);

async function expectDoctor(root: string, setting: Setting): Promise<string[]> {
  const said = await inContainer(root, setting.flags, [CLI, 'doctor', '--json']);
  let report: Report;
  try {
    report = JSON.parse(said.stdout);
  } catch {
    expect(setting, 'doctor', false, words(said));
    return ['?'];
  }
  const missing = report.checks.filter(({ ok }) => !ok);
  const names = missing.map(({ name }) => name);
  expect(setting, 'what is missing', names.join() === setting.missing.join(), names);
  expect(
    setting,
    'a remedy for each',
    missing.every(({ remedy }) => (remedy ?? '') !== ''),
    missing,
  );
  expect(
    setting,
    'doctor’s exit code',
    said.exitCode === (names.length === 0 ? 0 : 1),
    said.exitCode ?? 'none',
  );
  return names;
}

interface Run {
  readonly args: readonly string[];
  readonly exitCode: number;
  readonly stdout: string;
}

/** Isolation, and each kind of limit. */
const RUNS: readonly Run[] = [
  {
    args: ['sh', '-c', 'id -u; hostname; echo $$; test ! -e /hotcell'],
    exitCode: 0,
    stdout: '1000\nhotcell\n2\n',
  },
  { args: ['--timeout', '1s', 'sh', '-c', 'while :; do :; done'], exitCode: 124, stdout: '' },
  { args: ['--memory', '32MiB', 'python3', '-c', 'x = bytearray(1 << 30)'], exitCode: 137, stdout: '' },
  {
    args: ['--pids-limit', '4', 'sh', '-c', 'sleep 9 & sleep 9 & sleep 9 & sleep 9 & sleep 9 & echo more'],
    exitCode: 2,
    stdout: '',
  },
  { args: ['--output-limit', '10', 'sh', '-c', 'yes'], exitCode: 153, stdout: 'y\ny\ny\ny\ny\n' },
];

async function expectRuns(root: string, setting: Setting): Promise<void> {
  for (const { args, exitCode, stdout } of RUNS) {
    const said = await inContainer(root, setting.flags, [CLI, 'run', ...args]);
    if (setting.missing.length === 0)
      expect(
        setting,
        `run ${args.join(' ')}`,
        said.exitCode === exitCode && said.stdout === stdout.trimEnd(),
        words(said),
      );
    else
      expect(
        setting,
        `run ${args.join(' ')} is refused`,
        said.exitCode === REFUSED && said.stderr.startsWith('hotcell: '),
        words(said),
      );
  }
}

const root = makeRoot();
for (const setting of SETTINGS) {
  const missing = await expectDoctor(root, setting);
  await expectRuns(root, setting);
  console.log(
    `${setting.name}: ${missing.length === 0 ? 'works' : `refused, for want of ${missing.join(', ')}`}`,
  );
}
for (const problem of problems) console.log(`✗ ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
