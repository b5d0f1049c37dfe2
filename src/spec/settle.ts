/** What a job leaves open and its image decides, by docker's rules. Pure. */
import { HotcellError, invalidSpec, quote } from '../core/index.js';
import { BOUNDS } from './bounds.js';
import { checkArgument, checkArgv } from './command.js';
import { checkEnvEntry, checkEnvSize } from './env.js';
import type { CheckedJob, Job } from './job.js';
import { absolutePath, mountTarget } from './paths.js';
import type { ImageConfig, ResolvedImage } from './resolved-image.js';
import type { Tmpfs } from './tmpfs.js';

const WORKDIR = '/box';

/** The image is somebody else's: what it says is checked as if it stood in the job, and the error names it. */
export function ofImage<Value>({ reference }: ResolvedImage, what: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof HotcellError) || error.code !== 'invalid-spec') throw error;
    throw invalidSpec(`image ${quote(reference)}: ${what}: ${error.message}`);
  }
}

function argvOf({ entrypoint, command }: CheckedJob, { entrypoint: first, cmd }: ImageConfig): string[] {
  const last = command ?? (entrypoint === null ? cmd : []);
  return [...(entrypoint ?? first), ...last];
}

function checkedArgv(job: CheckedJob, image: ResolvedImage): Job['command'] {
  const argv = argvOf(job, image.config);
  if (argv.length === 0)
    throw invalidSpec(`image ${quote(image.reference)} does not say what to run; name a command`);
  return ofImage(image, 'command', () => checkArgv(argv.map(checkArgument)));
}

function envOf({ env: own }: CheckedJob, { env }: ImageConfig): Job['env'] {
  for (const [name, value] of Object.entries(env)) checkEnvEntry(name, value);
  const merged = { ...env, ...own };
  checkEnvSize(merged);
  return merged;
}

/** Anybody may write to a fresh one: which user of the image is to own it is known only to who made the image. */
const VOLUME = { sizeBytes: null, mode: 0o1777 } as const;

function volumesOf({ mounts, tmpfs }: CheckedJob, { volumes }: ImageConfig): Tmpfs[] {
  const taken = new Set([...mounts, ...tmpfs].map(({ target }) => target));
  if (volumes.length > BOUNDS.tmpfs) throw invalidSpec(`${volumes.length} entries; at most ${BOUNDS.tmpfs}`);
  const targets = new Set(volumes.map(mountTarget));
  return [...targets].filter((target) => !taken.has(target)).map((target) => ({ target, ...VOLUME }));
}

function ofStore(job: CheckedJob, image: ResolvedImage): Job {
  const { entrypoint: _entrypoint, ...rest } = job;
  const { config } = image;
  return {
    ...rest,
    imageId: image.id,
    command: checkedArgv(job, image),
    env: ofImage(image, 'env', () => envOf(job, config)),
    workdir: job.workdir ?? ofImage(image, 'workdir', () => absolutePath(config.workdir ?? WORKDIR)),
    tmpfs: [...job.tmpfs, ...ofImage(image, 'volumes', () => volumesOf(job, config))],
  };
}

/**
 * The job with what its image says where it says nothing itself; only `user` may still be null, the image's own.
 *
 * @param image null for `host` and `dir:PATH`
 * @throws HotcellError `invalid-spec` naming the image, when nobody says what to run, or the image says what cannot be
 */
export function settleJob(job: CheckedJob, image: ResolvedImage | null): Job {
  if (image !== null) return ofStore(job, image);
  const { entrypoint: _entrypoint, command, workdir, ...rest } = job;
  return { ...rest, command: checkArgv(command ?? []), workdir: workdir ?? WORKDIR };
}
