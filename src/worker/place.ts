/** Where a plain process (isolation `none`) works: a directory of its own on the host, removed afterwards. */
import { chmod, chown, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CleanupStack, makeScratch } from '../core/index.js';
import type { Ids, StagedFile } from '../sandbox/index.js';
import type { Job } from '../spec/index.js';

const SANDBOX_WORKDIR = '/box';

/** The working directory of the run: as the job says, but the default one does not exist on a host and is made. */
export async function makeWorkdir(job: Job, ids: Ids, cleanup: CleanupStack): Promise<string> {
  if (job.isolation !== 'none' || job.workdir !== SANDBOX_WORKDIR) return job.workdir;
  const dir = await makeScratch('box');
  cleanup.defer(() => rm(dir, { recursive: true, force: true }));
  await give(dir, ids);
  return dir;
}

/** Only root can give things away; anybody else keeps what is theirs, as the program is theirs too. */
async function give(path: string, { uid, gid }: Ids): Promise<void> {
  if (process.geteuid?.() === 0) await chown(path, uid, gid);
}

/** Puts the job's files in place. In a sandbox the launcher does it; here nothing is between them and the host. */
export async function placeFiles(files: readonly StagedFile[], ids: Ids): Promise<void> {
  for (const { path, mode, content } of files) {
    const made = await mkdir(dirname(path), { recursive: true });
    for (let dir = dirname(path); made !== undefined && dir.startsWith(made); dir = dirname(dir))
      await give(dir, ids);
    if ('bytes' in content) await writeFile(path, content.bytes);
    else await copyFile(content.path, path);
    await chmod(path, mode);
    await give(path, ids);
  }
}
