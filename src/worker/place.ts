/** Where a plain process (isolation `none`) works: a directory of its own on the host, removed afterwards. */
import { chmod, chown, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CleanupStack } from '../core/index.js';
import type { Ids, StagedFile } from '../sandbox/index.js';
import type { Job } from '../spec/index.js';

const SANDBOX_WORKDIR = '/box';

/** The working directory of the run: as the job says, but the default one does not exist on a host and is made. */
export async function makeWorkdir(job: Job, ids: Ids, cleanup: CleanupStack): Promise<string> {
  if (job.isolation !== 'none' || job.workdir !== SANDBOX_WORKDIR) return job.workdir;
  const dir = await mkdtemp(join(tmpdir(), 'hotcell-box-'));
  cleanup.defer(() => rm(dir, { recursive: true, force: true }));
  if (process.geteuid?.() === 0 && ids.uid !== 1000) await chown(dir, ids.uid, ids.gid);
  return dir;
}

/** Puts the job's files in place. In a sandbox the launcher does it; here nothing is between them and the host. */
export async function placeFiles(files: readonly StagedFile[]): Promise<void> {
  for (const { path, mode, content } of files) {
    await mkdir(dirname(path), { recursive: true });
    if ('bytes' in content) await writeFile(path, content.bytes);
    else await copyFile(content.path, path);
    await chmod(path, mode);
  }
}
