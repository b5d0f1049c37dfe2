/** Reads on the host what a job brings along: files to copy in and the user table of its image. */
import type { Stats } from 'node:fs';
import { constants, type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { HotcellError, invalidSpec, quote } from '../core/index.js';
import {
  groupsOfUser,
  type Identity,
  outputPath,
  resolveImageUser,
  resolveUser,
  type StagedFile,
} from '../sandbox/index.js';
import { imageKind, type Job, type JobFile, ofImage, type ResolvedImage } from '../spec/index.js';

/** So many files are opened by the launcher and copied by the kernel, which is cheapest; it has room for no more than some. */
const COPIED = 64;
/** Of those beyond, what is larger is copied all the same. */
const INLINE_BYTES = 64 * 1024;
/** All that is inlined together must fit a frame with room to spare. */
const INLINE_TOTAL_BYTES = 8 * 1024 * 1024;
const TABLE_BYTES = 1024 * 1024;

async function withFile<T>(path: string, flags: number, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

function unreadable(where: string, path: string, error: unknown): HotcellError {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'permission denied' : message;
  return new HotcellError({
    code: 'invalid-spec',
    message: `${where}: ${quote(path)}: ${why}`,
    cause: error,
  });
}

interface Budget {
  copies: number;
  inlineBytes: number;
}

/** What is at the path; a link to a file is one. */
async function statFile(file: JobFile, from: string): Promise<Stats> {
  const where = `files.${file.dest}`;
  const found = await stat(from).catch((error: unknown) => {
    throw unreadable(where, from, error);
  });
  if (!found.isFile()) throw invalidSpec(`${where}: ${quote(from)} is not a regular file`);
  return found;
}

async function stageFile(file: JobFile, path: string, budget: Budget): Promise<StagedFile> {
  if (file.source.kind === 'bytes')
    return { path, mode: file.mode ?? 0o644, content: { bytes: file.source.bytes } };
  const from = file.source.path;
  const found = await statFile(file, from);
  const mode = file.mode ?? found.mode & 0o777;
  if (budget.copies > 0 || found.size > INLINE_BYTES || found.size > budget.inlineBytes) {
    budget.copies--;
    return { path, mode, content: { path: from } };
  }
  const bytes = await readSmall(file, from);
  budget.inlineBytes -= bytes.byteLength;
  return { path, mode, content: { bytes } };
}

async function readSmall(file: JobFile, from: string): Promise<Uint8Array> {
  // Without O_NONBLOCK a FIFO that somebody put there meanwhile would hang us here.
  return withFile(from, constants.O_RDONLY | constants.O_NONBLOCK, async (handle) => {
    const bytes = new Uint8Array(INLINE_BYTES);
    const { bytesRead } = await handle.read(bytes, 0, INLINE_BYTES, 0);
    return bytes.subarray(0, bytesRead);
  }).catch((error: unknown) => {
    throw unreadable(`files.${file.dest}`, from, error);
  });
}

/** One after the other: a job may bring thousands, and each is open only while it is read. */
export async function stageFiles(job: Job, workdir: string): Promise<StagedFile[]> {
  const staged: StagedFile[] = [];
  const budget = { copies: COPIED, inlineBytes: INLINE_TOTAL_BYTES };
  for (const file of job.files) staged.push(await stageFile(file, outputPath(file.dest, workdir), budget));
  return staged;
}

/** The kernel's word for an overlay of a file, "invalid argument", would say nothing. @throws HotcellError `invalid-spec` */
export async function checkOverlays({ mounts }: Job): Promise<void> {
  for (const [index, { source, mode }] of mounts.entries()) {
    // One that cannot be looked at is the launcher's to refuse.
    const found = mode === 'overlay' ? await stat(source).catch(() => null) : null;
    if (found === null || found.isDirectory()) continue;
    throw invalidSpec(
      `mounts[${index}].source: ${quote(source)} is not a directory, and mode overlay needs one; use rw or ro, or copy it in`,
    );
  }
}

/** A table of a directory image. The image may be hostile: no link may lead out of it, and it is only so large. */
async function readTable(root: string, name: string): Promise<string> {
  const path = `${root}/etc/${name}`;
  try {
    const [realRoot, realEtc] = await Promise.all([realpath(root), realpath(`${root}/etc`)]);
    if (realEtc !== `${realRoot === '/' ? '' : realRoot}/etc`)
      throw invalidSpec(`user: ${quote(`${root}/etc`)} is a link`);
    return await withFile(
      path,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      async (handle) => {
        const stat = await handle.stat();
        if (!stat.isFile() || stat.size > TABLE_BYTES)
          throw invalidSpec(`user: ${quote(path)} is not a table of users`);
        return handle.readFile('utf8');
      },
    );
  } catch (error) {
    if (error instanceof HotcellError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw unreadable('user', path, error);
  }
}

/** The users of the `host` image, which has no table before its plan is made. */
const HOST_PASSWD = 'root:x:0:0\nbox:x:1000:1000\nnobody:x:65534:65534\n';
const HOST_GROUP = 'root:x:0:\ntty:x:5:\nbox:x:1000:\nnogroup:x:65534:\n';

/** The user of the job, else the image's own; root when nobody says. */
function identityInImage(user: Job['user'], { config, passwd, group }: ResolvedImage): Identity {
  if (user === null) return resolveImageUser(config.user ?? '0', passwd, group);
  if ('uid' in user) return { ids: user, groups: [] };
  const ids = resolveUser(user, passwd, group);
  return { ids, groups: user.group === null ? groupsOfUser(user.name, group) : [] };
}

/** @throws HotcellError `invalid-spec` when the image does not have the user, naming the image. */
export async function findIdentity(
  { user, image: ref }: Job,
  image: ResolvedImage | null,
): Promise<Identity> {
  if (image !== null) return ofImage(image, 'user', () => identityInImage(user, image));
  if (user === null || 'uid' in user) return { ids: user ?? { uid: 0, gid: 0 }, groups: [] };
  const found = imageKind(ref);
  if (found.kind !== 'dir') return { ids: resolveUser(user, HOST_PASSWD, HOST_GROUP), groups: [] };
  const tables = await Promise.all([readTable(found.path, 'passwd'), readTable(found.path, 'group')]);
  return { ids: resolveUser(user, ...tables), groups: [] };
}
