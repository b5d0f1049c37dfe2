import { setTimeout as delay } from 'node:timers/promises';
import { HotcellError } from '../core/index.js';
import { ownIdentity, type ProcessIdentity } from './identity.js';
import { ownerOf } from './owner.js';
import { stateOf } from './state.js';

/** How long a run may take to end once it was asked to, and once it was not asked any more. */
const TERM_MS = 10_000;
const KILL_MS = 5000;
const LOOK_MS = 20;

function cannotStop(why: string): HotcellError {
  return new HotcellError({ code: 'invalid-usage', message: `the run cannot be ended from here: ${why}` });
}

function signal({ pid }: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM') throw cannotStop("it is another user's");
  }
}

async function isOver(directory: string, withinMs: number): Promise<boolean> {
  for (const end = Date.now() + withinMs; ; await delay(LOOK_MS)) {
    if ((await stateOf(directory)).state !== 'running') return true;
    if (Date.now() > end) return false;
  }
}

async function stoppable(directory: string): Promise<ProcessIdentity | null> {
  const { record, state } = await stateOf(directory);
  const owner = await ownerOf(directory);
  if (record === null || owner === null || state !== 'running') return null;
  const { process } = owner;
  const own = await ownIdentity();
  if (process.pidNamespace !== own.pidNamespace) throw cannotStop('its process is in another container');
  if (!record.stoppable || process.pid === own.pid)
    throw cannotStop(`process ${process.pid} does more than this run`);
  return process;
}

/**
 * Ends the process that a run has to itself, gently first; its sandboxes end with it.
 *
 * @throws HotcellError `invalid-usage` when that is not possible
 */
export async function stop(directory: string): Promise<void> {
  const owner = await stoppable(directory);
  if (owner === null) return;
  signal(owner, 'SIGTERM');
  if (await isOver(directory, TERM_MS)) return;
  signal(owner, 'SIGKILL');
  if (!(await isOver(directory, KILL_MS))) throw cannotStop(`process ${owner.pid} does not end`);
}
