import { quote } from '../../core/index.js';
import type { CheckedJob } from '../job.js';
import type { SeccompName } from '../seccomp/index.js';
import type { ProblemList } from './problem-list.js';
import type { MapTree } from './tree.js';

type Key = 'isolation' | 'network' | 'seccomp' | 'allowDegraded';

const BOUNDARY: Readonly<Record<CheckedJob['isolation'], string | null>> = {
  full: null,
  namespaces: 'is a weaker boundary',
  chroot: 'is hardly a boundary',
  none: 'is no boundary',
};

const NETWORK: Readonly<Record<CheckedJob['network'], string | null>> = {
  none: null,
  loopback: null,
  host: 'reaches all that the host reaches',
};

const SECCOMP: Readonly<Record<SeccompName, string | null>> = {
  default: null,
  strict: null,
  unconfined: 'refuses no system call',
};

const seccompDanger = (seccomp: CheckedJob['seccomp']): string | null =>
  typeof seccomp === 'string'
    ? shown(seccomp, SECCOMP[seccomp])
    : 'is a policy of its own, which may allow what the default one refuses';

const shown = (value: string, danger: string | null): string | null =>
  danger === null ? null : `${quote(value)} ${danger}`;

/** The parts that decide it. */
type Settings = Pick<CheckedJob, Key>;

/** What makes each setting less than the usual sandbox; null when nothing does. */
const DANGERS: Readonly<Record<Key, (job: Settings) => string | null>> = {
  isolation: ({ isolation }) => shown(isolation, BOUNDARY[isolation]),
  network: ({ network }) => shown(network, NETWORK[network]),
  seccomp: ({ seccomp }) => seccompDanger(seccomp),
  allowDegraded: ({ allowDegraded }) =>
    allowDegraded ? 'runs it even where a part of the sandbox is missing' : null,
};

const KEYS = Object.keys(DANGERS) as Key[];

/**
 * Adds a problem for each setting by which a program would have less than the usual sandbox: who runs a suite need not be
 * who wrote it, and may be root.
 *
 * @param tree what the job was made of
 */
export function checkUnsafe(job: Settings, tree: MapTree, problems: ProblemList): void {
  for (const key of KEYS) {
    const danger = DANGERS[key](job);
    if (danger === null) continue;
    const { place } = tree.entries.get(key) ?? tree;
    problems.add(place, `${danger}; allow it with --allow-unsafe`);
  }
}
