/** Our directory on this host: the launchers' sockets and the file that shares out id ranges between them. */
import { lstatSync, mkdirSync, readdirSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { HotcellError, startTime } from '../core/index.js';

const SOCKET = 'launcher.sock';
/** Whoever makes a directory has its socket in it long before. */
const NEW_MS = 60_000;

function ignoringAbsence(act: () => void): void {
  try {
    act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** /run/hotcell for root, else beneath XDG_RUNTIME_DIR; open for passage, since the sandboxes' root stages there. */
export function makeRuntimeDir(env: NodeJS.ProcessEnv = process.env): string {
  const uid = process.geteuid?.() ?? 0;
  const path = uid === 0 ? '/run/hotcell' : join(env.XDG_RUNTIME_DIR ?? tmpdir(), `hotcell-${uid}`);
  mkdirSync(path, { recursive: true, mode: 0o755 });
  const stat = lstatSync(path);
  // In /tmp anybody could have made it first, and would then own the sockets that our threads trust.
  if (!stat.isDirectory() || stat.uid !== uid) {
    throw new HotcellError({ code: 'io', message: `${path} is not a directory of our own; remove it` });
  }
  return path;
}

/** Where keepers begin what they mount, each unseen by all others: whoever they are must be able to go there. */
export const stageDir = (runtimeDir: string, isRoot: boolean): string => (isRoot ? runtimeDir : '/tmp');

/** Where the launchers of this process listen: in a directory that bears its owner's mark. */
export const socketPath = (runtimeDir: string, instance: string): string =>
  join(runtimeDir, `${instance}-${process.pid}-${startTime(process.pid) ?? 0}`, SOCKET);

/** While it lives, a socket that nobody listens at is only between two launchers. */
function hasLivingOwner(directory: string): boolean {
  const [, pid, start] = /-(\d+)-(\d+)$/.exec(directory) ?? [];
  return pid !== undefined && startTime(Number(pid)) === start;
}

/** The directory of a socket, which only our user may enter; it may be there from before. */
export function makeSocketDir(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
}

export function removeSocket(path: string): void {
  ignoringAbsence(() => unlinkSync(path));
  ignoringAbsence(() => rmdirSync(dirname(path)));
}

/** Whether nobody listens there any more. */
function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED' || error.code === 'ENOENT');
    });
  });
}

function isOld(dir: string): boolean {
  const stat = statSync(dir, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > NEW_MS;
}

/** Removes the sockets of launchers that were killed together with their Node, so that nobody could. */
export async function removeDeadSockets(runtimeDir: string): Promise<void> {
  for (const entry of readdirSync(runtimeDir, { withFileTypes: true })) {
    if (!entry.isDirectory() || hasLivingOwner(entry.name)) continue;
    const dir = join(runtimeDir, entry.name);
    const path = join(dir, SOCKET);
    const hasSocket = statSync(path, { throwIfNoEntry: false }) !== undefined;
    if (hasSocket ? await isDead(path) : isOld(dir)) removeSocket(path);
  }
}
