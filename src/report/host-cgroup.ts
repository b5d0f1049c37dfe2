/** How long our own control group was held back by a CPU limit of somebody else's, say a container's. */
import type { ReadKernelFile } from './kernel-file.js';

interface Hierarchy {
  readonly version: 1 | 2;
  readonly root: string;
  readonly path: string;
}

/** mountinfo writes blanks and the like as three octal digits; see proc(5). */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

function hierarchyOf(line: string): Hierarchy | null {
  const [before = '', after = ''] = line.split(' - ');
  const [type, , options = ''] = after.split(' ');
  const [root, path] = before.split(' ').slice(3, 5);
  if (root === undefined || path === undefined) return null;
  const place = { root: unescaped(root), path: unescaped(path) };
  if (type === 'cgroup2') return { version: 2, ...place };
  return type === 'cgroup' && options.split(',').includes('cpu') ? { version: 1, ...place } : null;
}

/** Our group in that hierarchy; the hierarchy's own root when ours lies outside of what is mounted. */
function groupPath({ version, root, path }: Hierarchy, ownCgroups: string): string {
  const own = ownCgroups
    .split('\n')
    .map((line) => line.split(':'))
    .find(([, names = '']) => (version === 2 ? names === '' : names.split(',').includes('cpu')));
  const group = own?.slice(2).join(':') ?? '/';
  if (root === '/') return group === '/' ? path : `${path}${group}`;
  return group.startsWith(`${root}/`) ? `${path}${group.slice(root.length)}` : path;
}

const FIGURE = {
  1: { pattern: /^throttled_time (\d+)/m, perMs: 1e6 },
  2: { pattern: /^throttled_usec (\d+)/m, perMs: 1e3 },
} as const;

/** Milliseconds since the group was made; null when no hierarchy tells. */
export function throttledMs(read: ReadKernelFile): number | null {
  const own = read('/proc/self/cgroup') ?? '';
  for (const line of (read('/proc/self/mountinfo') ?? '').split('\n')) {
    const hierarchy = hierarchyOf(line);
    if (hierarchy === null) continue;
    const { pattern, perMs } = FIGURE[hierarchy.version];
    const found = pattern.exec(read(`${groupPath(hierarchy, own)}/cpu.stat`) ?? '')?.[1];
    if (found !== undefined) return Number(found) / perMs;
  }
  return null;
}
