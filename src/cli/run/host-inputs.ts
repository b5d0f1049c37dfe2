import { constants, createReadStream, type Dirent } from 'node:fs';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HotcellError, quote } from '../../core/index.js';
import { type HostEnv, imageKind, type JobInput, parseEnvFile } from '../../spec/index.js';
import { reason } from '../reason.js';
import type { CopyIn } from './copy.js';
import { asUsage } from './job-problems.js';
import { isBeneath } from './paths.js';
import type { RunPlan } from './plan.js';
import { type HostProgram, withProgram } from './program.js';
import { parsed, usageError } from './values.js';

type Files = NonNullable<JobInput['files']>;

/** More than this is mounted, not copied; the spec refuses what is above its own bound in any case. */
const MAX_FILES = 4096;

const MAX_ENV_FILE_BYTES = 4 * 1024 ** 2;

async function orUsage<T>(flag: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof HotcellError) throw asUsage(error);
    throw usageError(`${flag}: ${quote(path)}: ${reason(error)}`, error);
  }
}

/** Files of the host keep nothing but whether they can be executed: who owns them means nothing inside. */
const modeOf = (mode: number): number => ((mode & 0o111) === 0 ? 0o644 : 0o755);

/**
 * One entry of a directory that is copied in. A symbolic link is followed only within the directory: the tree may come
 * from anywhere, and a link to ~/.ssh in it must not hand that over.
 */
async function entryFile(entry: Dirent, root: string): Promise<string> {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile()) return path;
  if (!entry.isSymbolicLink()) throw usageError(`--copy-in: ${quote(path)} is neither file nor directory`);
  const target = await realpath(path);
  if (!isBeneath(target, root))
    throw usageError(`--copy-in: ${quote(path)} is a link that leads outside of ${root}`);
  const found = await stat(target);
  if (found.isFile()) return target;
  throw usageError(`--copy-in: ${quote(path)} is a link to a directory; copy that directory in as well`);
}

async function expandDirectory({ source, dest }: CopyIn): Promise<[string, Files[string]][]> {
  const root = await realpath(source);
  const entries = (await readdir(root, { recursive: true, withFileTypes: true })).filter(
    (e) => !e.isDirectory(),
  );
  if (entries.length > MAX_FILES) {
    const fix = `mount it: -v ${source}:${dest.startsWith('/') ? dest : '/DEST'}`;
    throw usageError(`--copy-in: ${quote(source)} has ${entries.length} files; above ${MAX_FILES} ${fix}`);
  }
  return await Promise.all(
    entries.map(async (entry): Promise<[string, Files[string]]> => {
      const path = await entryFile(entry, root);
      const place = join(dest, join(entry.parentPath, entry.name).slice(root.length));
      return [place, { path, mode: modeOf((await stat(path)).mode) }];
    }),
  );
}

async function expand(copy: CopyIn): Promise<[string, Files[string]][]> {
  return await orUsage('--copy-in', copy.source, async () => {
    const found = await stat(copy.source);
    if (found.isDirectory()) return await expandDirectory(copy);
    if (!found.isFile()) throw usageError(`--copy-in: ${quote(copy.source)} is neither file nor directory`);
    return [[copy.dest, { path: copy.source, mode: modeOf(found.mode) }]];
  });
}

/** The program as a file to copy in; null when there is no such file here, so that it is looked for inside. */
async function programFile(program: HostProgram | null): Promise<[string, Files[string]][] | null> {
  if (program === null) return null;
  // One that cannot be looked at cannot be copied either; that it is not found inside is then said.
  const found = await stat(program.source).catch(() => null);
  if (found === null) return null;
  if (found.isDirectory())
    throw usageError(`COMMAND: ${quote(program.source)} is a directory, not a program`);
  if (!found.isFile()) throw usageError(`COMMAND: ${quote(program.source)} is not a regular file`);
  return [[program.dest, { path: program.source, mode: 0o755 }]];
}

/** A file that may be a pipe (`--env-file <(…)`) or never end (/dev/zero). */
async function readText(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  // One byte more than the spec allows lets it say what is wrong.
  for await (const chunk of createReadStream(path, { end: MAX_ENV_FILE_BYTES })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function readEnv(plan: RunPlan, host: HostEnv): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const path of plan.envFiles) {
    const text = await orUsage('--env-file', path, async () => await readText(path));
    Object.assign(
      env,
      parsed('--env-file', text, () => parseEnvFile(text, path, host)),
    );
  }
  return { ...env, ...plan.job.env };
}

async function checkReadable(flag: string, path: string): Promise<void> {
  await orUsage(flag, path, async () => await access(path, constants.R_OK));
}

async function checkImage(image: RunPlan['image']): Promise<void> {
  const kind = imageKind(image);
  if (kind.kind !== 'dir') return;
  const { path } = kind;
  const found = await orUsage('--image', path, async () => await stat(path));
  if (!found.isDirectory()) throw usageError(`--image: ${quote(path)} is not a directory`);
}

/**
 * The job with everything in it that stands in files of the host: what the plan left open.
 *
 * @throws HotcellError `invalid-usage` that names the flag and the file
 */
export async function withHostInputs(plan: RunPlan, host: HostEnv): Promise<JobInput> {
  const { job } = plan;
  await checkImage(plan.image);
  for (const mount of job.mounts ?? []) await checkReadable('--volume', mount.source);
  if (typeof job.stdin === 'object' && 'path' in job.stdin) await checkReadable('--stdin', job.stdin.path);
  const copied = (await Promise.all(plan.copyIns.map(expand))).flat();
  const program = await programFile(plan.program);
  return {
    ...(program === null ? job : withProgram(job, program[0]?.[0] ?? '')),
    env: await readEnv(plan, host),
    files: Object.fromEntries([...copied, ...(program ?? [])]),
  };
}
