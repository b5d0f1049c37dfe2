/** Does each thing that a sandbox needs, for real, and says how to mend what does not work. */
import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { promisify } from 'node:util';
import { HotcellError } from '../../core/index.js';
import { type Controller, findLauncher } from '../../launcher/index.js';
import { type Host, hasController, readHost } from '../../sandbox/index.js';
import type { Tier } from '../../spec/index.js';
import { createHotcell, type HotcellOptions } from '../hotcell.js';
import { makeRuntimeDir, stageDir } from '../runtime-dir.js';
import { check, type DoctorCheck } from './check.js';
import { ordinaryChecks, userNamespaceRemedy } from './ordinary.js';

export interface DoctorReport {
  readonly tier: Tier;
  /** Whether isolation `full` works here. */
  readonly ok: boolean;
  readonly checks: readonly DoctorCheck[];
}

const USERNS =
  'allow user namespaces: sysctl user.max_user_namespaces=15000 (Debian: also kernel.unprivileged_userns_clone=1; Ubuntu 24.04: kernel.apparmor_restrict_unprivileged_userns=0 or an AppArmor profile); inside a container start it with --privileged or --cap-add SYS_ADMIN --security-opt systempaths=unconfined (podman: unmask=ALL)';
const KERNEL = 'a kernel of 5.12 or later is needed';

/** What mends a failing probe of the launcher. */
const REMEDIES: Readonly<Record<string, string>> = {
  'user-namespace': USERNS,
  'nested-user-namespaces-forbidden':
    'mount /proc with /proc/sys writable for root (containers: --security-opt systempaths=unconfined; podman: unmask=ALL)',
  'mount-namespace': USERNS,
  'pid-namespace':
    'the whole of /proc must be visible: inside a container use --security-opt systempaths=unconfined (podman: unmask=ALL)',
  'ipc-namespace': USERNS,
  'uts-namespace': USERNS,
  'cgroup-namespace': USERNS,
  'network-namespace': 'allow network namespaces: sysctl user.max_net_namespaces=15000',
  overlayfs:
    'load the module (modprobe overlay); a kernel of 5.11 or later is needed for use in a user namespace',
  devpts: 'the kernel needs CONFIG_UNIX98_PTYS',
  seccomp: 'the kernel needs CONFIG_SECCOMP_FILTER',
  openat2: KERNEL,
  'mount-tree': `${KERNEL}; inside a container add --cap-add SYS_ADMIN`,
  'idmapped-mounts': `${KERNEL}, and a file system that maps ids (ext4, xfs, btrfs, tmpfs since 6.3); without it -v does not work`,
  'open-files': 'raise the hard limit of open files to 1024 or more (ulimit -Hn, LimitNOFILE=)',
};

const CONTROLLERS: readonly Controller[] = ['memory', 'pids', 'cpu', 'cpuset'];

const CGROUPS =
  'mount cgroup v2 with this controller (systemd does), or v1: mount -t cgroup -o NAME none /sys/fs/cgroup/NAME; inside a container use --privileged, or -v /sys/fs/cgroup:/sys/fs/cgroup:rw';

const READ_ONLY =
  'groups cannot be made there: inside a container add -v /sys/fs/cgroup:/sys/fs/cgroup:rw, or use --privileged; see docs/nested.md';

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function controllerCheck(host: Host, name: Controller): DoctorCheck {
  const parent = host.cgroups.find(({ controllers }) => controllers.includes(name));
  const detail = parent === undefined ? 'not there' : `cgroup v${parent.version} at ${parent.path}`;
  if (parent !== undefined && !isWritable(parent.path))
    return check(`cgroup-${name}`, false, `${detail}, read-only`, READ_ONLY);
  return check(`cgroup-${name}`, hasController(host, name), detail, CGROUPS.replaceAll('NAME', name));
}

function cpuTimeCheck(host: Host): DoctorCheck {
  const parent = host.cgroups.find(
    ({ version, controllers }) => version === 2 || controllers.includes('cpuacct'),
  );
  const detail = parent === undefined ? 'not there' : `cgroup v${parent.version} at ${parent.path}`;
  return check('cgroup-cpu-time', parent !== undefined, detail, CGROUPS.replaceAll('NAME', 'cpuacct'));
}

function kernelCheck(): DoctorCheck {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return check('kernel', major > 5 || (major === 5 && minor >= 12), release(), KERNEL);
}

function swapCheck(): DoctorCheck {
  const total = /^SwapTotal:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? '0';
  const detail =
    total === '0' ? 'none: memory limits cannot be evaded' : 'there is some; sandboxes are kept out of it';
  return check('swap', true, detail, '');
}

async function probeChecks(launcher: string, { isRoot }: Host): Promise<DoctorCheck[]> {
  const place = stageDir(makeRuntimeDir(), isRoot);
  const { stdout } = await promisify(execFile)(launcher, ['--probe', place]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', errno, ...words] = line.split(' ');
      return check(name, errno === '0', words.join(' '), REMEDIES[name] ?? 'see docs/architecture.md');
    });
}

/** The proof of the pudding: one run with everything on. */
async function runCheck(options: HotcellOptions): Promise<DoctorCheck> {
  const remedy = 'mend what is marked above; if nothing is, please report this line';
  try {
    await using cell = await createHotcell(options);
    const outcome = await cell.run({ command: ['/bin/sh', '-c', 'echo works'] });
    const ok = outcome.status === 'ok' && 'text' in outcome.stdout && outcome.stdout.text === 'works\n';
    return check(
      'run',
      ok,
      ok ? 'a program ran with isolation full' : (outcome.message ?? outcome.status),
      remedy,
    );
  } catch (error) {
    return check('run', false, error instanceof Error ? error.message : String(error), remedy);
  }
}

/** Only root's sandboxes use them. */
const ROOTS: readonly string[] = ['idmapped-mounts'];

/** A user namespace is what all the others are in: when it cannot be had, its own remedy is that of all. */
function forOrdinary(checks: readonly DoctorCheck[], launcher: string): DoctorCheck[] {
  const remedy = userNamespaceRemedy(launcher);
  return checks
    .filter(({ name }) => !ROOTS.includes(name))
    .map((given) => (given.ok || REMEDIES[given.name] !== USERNS ? given : { ...given, remedy }));
}

async function launcherChecks(host: Host, options: HotcellOptions): Promise<DoctorCheck[]> {
  try {
    const path = findLauncher(options.launcherPath);
    const probes = await probeChecks(path, host);
    const found = check('launcher', true, path, '');
    if (host.isRoot) return [found, ...probes];
    return [found, ...forOrdinary(probes, path), ...(await ordinaryChecks(path, host))];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const hint = error instanceof HotcellError ? error.hint : undefined;
    return [check('launcher', false, message, hint ?? 'build it again: "npm run build:launcher"')];
  }
}

const controllerChecks = (host: Host): DoctorCheck[] => [
  ...CONTROLLERS.map((name) => controllerCheck(host, name)),
  cpuTimeCheck(host),
];

/** Tries everything that this user can; never throws for what this host lacks. */
export async function doctor(options: HotcellOptions = {}): Promise<DoctorReport> {
  const host = readHost();
  const checks = [
    kernelCheck(),
    ...(await launcherChecks(host, options)),
    ...(host.isRoot ? controllerChecks(host) : []),
    swapCheck(),
    await runCheck(options),
  ];
  const hasNamespaces = host.isRoot || checks.some(({ name, ok }) => name === 'user-namespace' && ok);
  return {
    tier: hasNamespaces ? host.tier : 'T4',
    ok: checks.every(({ ok, optional }) => ok || optional === true),
    checks,
  };
}
