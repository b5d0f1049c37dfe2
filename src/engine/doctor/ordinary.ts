/** What an ordinary user needs besides, and who can give it how: each remedy is what to type, for this user on this host. */
import { accessSync, readFileSync } from 'node:fs';
import { newId } from '../../core/index.js';
import { LauncherProcess } from '../../launcher/index.js';
import { type Host, ownIds } from '../../sandbox/index.js';
import { makeRuntimeDir, stageDir } from '../runtime-dir.js';
import { check, type DoctorCheck, optional } from './check.js';

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};

const isThere = (path: string): boolean => {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
};

/** Ubuntu 23.10 and later: only programs with a profile that says so may use a user namespace. */
const apparmorProfile = (launcher: string): string =>
  [
    "sudo tee /etc/apparmor.d/hotcell >/dev/null <<'END'",
    'abi <abi/4.0>,',
    'include <tunables/global>',
    `profile hotcell ${launcher} flags=(unconfined) {`,
    '  userns,',
    '}',
    'END',
    'sudo apparmor_parser -r /etc/apparmor.d/hotcell',
  ].join('\n');

const sysctl = (name: string, value: number): string =>
  `echo ${name}=${value} | sudo tee /etc/sysctl.d/60-hotcell.conf && sudo sysctl -w ${name}=${value}`;

const CONTAINER =
  'in a container: start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined';

/** What keeps user namespaces from this user, by what the kernel's settings say; all of it when they say nothing. */
export function userNamespaceRemedy(launcher: string, read: (path: string) => string = readIfThere): string {
  const apparmor = read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1';
  const debian = read('/proc/sys/kernel/unprivileged_userns_clone') === '0';
  const most = Number(read('/proc/sys/user/max_user_namespaces') || 'Infinity');
  const found = [
    ...(debian ? [sysctl('kernel.unprivileged_userns_clone', 1)] : []),
    ...(most < 100 ? [sysctl('user.max_user_namespaces', 15_000)] : []),
    ...(apparmor ? [apparmorProfile(launcher)] : []),
  ];
  return found.length > 0 ? found.join('\n') : CONTAINER;
}

const FIRST_ID = 100_000;
const COUNT = 65_536;

/** The first id of a range that the tables give to nobody. Pure. */
export function freeRange(...tables: readonly string[]): number {
  const ends = tables
    .flatMap((text) => [...text.matchAll(/^[^:#\n]+:(\d+):(\d+)$/gm)])
    .map(([, first, count]) => Number(first) + Number(count));
  return Math.max(FIRST_ID, ...ends);
}

export function idsRemedy(name: string, lacking: string | null): string {
  if (lacking?.includes('is not installed'))
    return 'sudo apt-get install uidmap   (Fedora, Arch: shadow-utils, shadow)';
  const first = freeRange(readIfThere('/etc/subuid'), readIfThere('/etc/subgid'));
  const range = `${first}-${first + COUNT - 1}`;
  return `sudo usermod --add-subuids ${range} --add-subgids ${range} ${name}`;
}

/** A launcher that was asked for everything says by its identities what it got. */
async function idsCheck(launcher: string, host: Host): Promise<DoctorCheck[]> {
  const { name, lacking, namespace } = ownIds();
  const started = await LauncherProcess.start(launcher, {
    runtimeDir: stageDir(makeRuntimeDir(), false),
    instance: newId(),
    cgroups: [],
    userNamespace: host.userNamespace,
  });
  const { identities } = started.connection;
  await started.close();
  const problem = started.problems[0];
  if (identities === 'none') return [];
  const count = namespace.subordinate?.uids.ranges.reduce((sum, range) => sum + range.count, 0) ?? 0;
  const detail =
    identities === 'ranges'
      ? `programs get ids of their own (${count} of ${name}'s)`
      : `programs have the user id of ${name}, and no other: ${problem ?? lacking ?? 'there are no more'}`;
  return [optional(check('user-ids', identities === 'ranges', detail, idsRemedy(name, lacking)))];
}

/** systemd gives memory and pids to users of itself, the others only when told to; systemd.resource-control(5). */
const DELEGATION = [
  'sudo mkdir -p /etc/systemd/system/user@.service.d',
  "printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' | sudo tee /etc/systemd/system/user@.service.d/delegate.conf",
  'sudo systemctl daemon-reload   (then log in again)',
  'systemd-run --user --scope hotcell …   (from a shell that is no part of the user manager)',
].join('\n');
const NO_V2 = 'boot with cgroup v2: add systemd.unified_cgroup_hierarchy=1 to the kernel command line';
const BY_HAND =
  'have root make a group of yours: mkdir /sys/fs/cgroup/NAME, chown it and its cgroup.procs and cgroup.subtree_control to you, and start hotcell in a group below it';

function cgroupRemedy(): string {
  if (!/ - cgroup2 /.test(readIfThere('/proc/self/mountinfo'))) return NO_V2;
  return isThere('/run/systemd/system') ? DELEGATION : BY_HAND;
}

const WANTED = ['memory', 'pids', 'cpu', 'cpuset'] as const;

/** One delegated group gives them all, or not. */
export function delegationCheck({ cgroups }: Pick<Host, 'cgroups'>): DoctorCheck {
  const [group] = cgroups;
  const lacking = WANTED.filter((name) => !group?.controllers.includes(name));
  const detail =
    group === undefined
      ? 'no group of cgroup v2 is delegated to you: memory, processes and CPU time are looked at every 20 ms, and CPU rates cannot be limited'
      : lacking.length === 0
        ? `cgroup v2 at ${group.path}`
        : `cgroup v2 at ${group.path}, without ${lacking.join(', ')}`;
  return optional(check('delegated-cgroup', lacking.length === 0, detail, cgroupRemedy()));
}

export async function ordinaryChecks(launcher: string, host: Host): Promise<DoctorCheck[]> {
  return [...(await idsCheck(launcher, host)), delegationCheck(host)];
}
