/** Why a program did not start, in the words of the job: the part of it that could not be had comes first. */
import { constants } from 'node:os';
import { errnoText, formatBytes, quote } from '../core/index.js';
import type { Job, LaunchFailure, StartFailure, Step } from '../spec/index.js';

const { E2BIG, EACCES, EINVAL, EISDIR, ELIBBAD, ELOOP, ENAMETOOLONG } = constants.errno as Readonly<
  Record<string, number>
>;
const { EAGAIN, EBUSY, ENOENT, ENOEXEC, ENOSPC, ENOTDIR, EPERM, EROFS } = constants.errno as Readonly<
  Record<string, number>
>;

const isNotFound = ({ errno }: LaunchFailure): boolean => errno === ENOENT || errno === ENOTDIR;

function execMessage(failure: LaunchFailure): string {
  const { errno, detail } = failure;
  if (isNotFound(failure)) {
    const why = detail.includes('/')
      ? ' (no such file, or its interpreter or loader is missing)'
      : ' on PATH';
    return `not found: ${detail}${why}`;
  }
  const notExecutable = [EACCES, ENOEXEC, EISDIR, ELIBBAD, ELOOP, EINVAL, EPERM].includes(errno);
  if (notExecutable) return `not executable: ${detail}: ${errnoText(errno)}`;
  if (errno === E2BIG || errno === ENAMETOOLONG)
    return `not executable: arguments, environment or name too long (${detail.slice(0, 80)})`;
  return `not executable: ${detail}: ${errnoText(errno)}`;
}

/** What the launcher's detail says besides the path. */
const PREFIX = 'mount tmpfs at ';
const LINK = ' (a symlink is in the way)';

function pathOf({ detail }: LaunchFailure): string {
  const path = detail.startsWith(PREFIX) ? detail.slice(PREFIX.length) : detail;
  return path.endsWith(LINK) ? path.slice(0, -LINK.length) : path;
}

const inside = (dest: string, { workdir }: Job): string =>
  dest.startsWith('/') ? dest : `${workdir === '/' ? '' : workdir}/${dest}`;

/** Where in the job it stands, and what stands there where that does not say so itself. */
type Part = readonly [place: string, value?: string];

const entry = (list: string, key: string, index: number, path: string): Part | undefined =>
  index === -1 ? undefined : [`${list}[${index}].${key}`, path];

const mountAt = (path: string, { mounts }: Job): Part | undefined =>
  entry(
    'mounts',
    'target',
    mounts.findIndex(({ target }) => target === path),
    path,
  );

const fileWhere = ({ files }: Job, test: (file: Job['files'][number]) => boolean): Part | undefined => {
  const file = files.find(test);
  return file && [`files[${quote(file.dest)}]`];
};

const fileAt = (path: string, job: Job): Part | undefined =>
  fileWhere(job, ({ dest }) => inside(dest, job) === path);

const sourceAt = (path: string, job: Job): Part | undefined =>
  entry(
    'mounts',
    'source',
    job.mounts.findIndex(({ source }) => source === path),
    path,
  ) ?? fileWhere(job, ({ source }) => source.kind === 'path' && source.path === path);

/** Which steps fail for the sake of which part of a job. */
const PARTS: Partial<Record<Step, (path: string, job: Job) => Part | undefined>> = {
  workdir: (path) => ['workdir', path],
  directory: (path, { workdir }) => (path === workdir ? ['workdir', path] : undefined),
  bind: mountAt,
  overlay: mountAt,
  tmpfs: (path, { tmpfs }) =>
    entry(
      'tmpfs',
      'target',
      tmpfs.findIndex(({ target }) => target === path),
      path,
    ),
  file: fileAt,
  copy: fileAt,
  source: sourceAt,
  idmap: sourceAt,
  hold: (_, { image }) => ['image', image],
};

/** The directory of image host that `path` is in, as far as it is the host's: of /etc only parts are. */
function hostDirectory(path: string): string {
  return path.startsWith('/etc/') ? path.slice(0, path.lastIndexOf('/')) : `/${path.split('/')[1] ?? ''}`;
}

function problem({ step, errno, detail }: LaunchFailure, path: string, { image, limits }: Job): string {
  if (step === 'hold') return errno === EAGAIN ? 'is being removed' : 'has been removed';
  if (errno === EROFS && image === 'host')
    return `${hostDirectory(path)} is read-only in image host; choose a path outside of it`;
  if (errno === ENOSPC) {
    return `does not fit; raise limits.disk (${formatBytes(limits.diskBytes)}) or limits.inodes (${limits.diskInodes})`;
  }
  return detail.endsWith(LINK) ? 'a symlink is in the way' : errnoText(errno);
}

/** The kernel's words would not say what they are about. */
function traceProblem(errno: number): string {
  if (errno === EBUSY) return 'somebody listens to them already, such as a container around it';
  return errno === EINVAL ? 'that takes Linux 5.5' : errnoText(errno);
}

export function startMessage(failure: LaunchFailure, job: Job): string {
  const { step, errno, detail } = failure;
  if (step === 'exec') return execMessage(failure);
  if (step === 'trace') return `this host cannot trace system calls: ${traceProblem(errno)}`;
  const path = pathOf(failure);
  const part = PARTS[step]?.(path, job);
  if (part === undefined) return `cannot set up ${step} ${detail}: ${errnoText(errno)}`;
  const [place, value] = part;
  return `${place}: ${value === undefined ? '' : `${quote(value)}: `}${problem(failure, path, job)}`;
}

export function startFailure(failure: LaunchFailure): StartFailure {
  if (failure.step !== 'exec') return 'set-up';
  return isNotFound(failure) ? 'not-found' : 'not-executable';
}
