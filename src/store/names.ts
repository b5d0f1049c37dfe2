/**
 * Names of runs, unique among those that exist. A claim is an empty file `<name>@<id>`. Whoever wants a name announces
 * that first, and has it only if afterwards no other run that exists has announced the same: of two at once, the later
 * to announce sees the earlier. Claims of runs that are gone mean nothing and are swept up.
 */
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HotcellError, quote } from '../core/index.js';
import { ioError } from './io-error.js';
import { exists, type Layout } from './layout.js';
import { isOwned } from './owner.js';

const MAX_NAME = 128;
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** Two that announce at the same time: the younger withdraws, the older looks again. */
const RETRIES = 50;
const RETRY_MS = 5;

/** @throws HotcellError `invalid-usage` for a name that could not be written after `hotcell logs` */
export function checkName(name: string): void {
  if (NAME.test(name) && name.length <= MAX_NAME) return;
  throw new HotcellError({
    code: 'invalid-usage',
    message: `${quote(name)} cannot be a run's name; use a letter or digit, then letters, digits, "_", "." and "-", ${MAX_NAME} at most`,
  });
}

type Existence = 'being-made' | 'there' | 'gone';

async function existence(layout: Layout, id: string): Promise<Existence> {
  // In this order: between the two looks it may be renamed from the first to the second.
  const unborn = layout.unborn(id);
  if ((await exists(unborn)) && (await isOwned(unborn).catch(() => false))) return 'being-made';
  return (await exists(layout.run(id))) ? 'there' : 'gone';
}

const idOf = (claim: string): string => claim.slice(claim.lastIndexOf('@') + 1);

async function claimants(layout: Layout, name: string): Promise<string[]> {
  return (await readdir(layout.names)).filter((entry) => entry.startsWith(`${name}@`)).map(idOf);
}

const claimPath = (layout: Layout, name: string, id: string): string => join(layout.names, `${name}@${id}`);

/** The id of the run that has the name. */
export async function lookUpName(layout: Layout, name: string): Promise<string | null> {
  if (!NAME.test(name)) return null;
  for (const id of await claimants(layout, name)) if (await exists(layout.run(id))) return id;
  return null;
}

async function rivalsOf(layout: Layout, name: string, id: string) {
  const others = (await claimants(layout, name)).filter((other) => other !== id);
  const found = await Promise.all(
    others.map(async (other) => ({ id: other, existence: await existence(layout, other) })),
  );
  return found.filter((rival) => rival.existence !== 'gone');
}

function taken(name: string, id: string): HotcellError {
  return new HotcellError({
    code: 'invalid-usage',
    message: `the name ${quote(name)} is in use by run ${id}`,
    hint: `choose another one, or free it: hotcell rm ${name}`,
  });
}

/** @returns the run that has the name instead, or null */
async function rivalThatWins(layout: Layout, name: string, id: string): Promise<string | null> {
  for (let attempt = 0; ; attempt++) {
    const rivals = await rivalsOf(layout, name, id);
    const winner = rivals.find((rival) => rival.existence === 'there' || rival.id < id);
    if (winner !== undefined) return winner.id;
    const [younger] = rivals;
    if (younger === undefined) return null;
    if (attempt === RETRIES) return younger.id;
    await delay(RETRY_MS);
  }
}

/**
 * Gives `name` to the run `id`, which is being made.
 *
 * @throws HotcellError `invalid-usage` when another has it
 */
export async function claimName(layout: Layout, name: string, id: string): Promise<void> {
  const path = claimPath(layout, name, id);
  try {
    await writeFile(path, '', { flag: 'wx', mode: 0o600 });
    const winner = await rivalThatWins(layout, name, id);
    if (winner === null) return;
    await rm(path, { force: true });
    throw taken(name, winner);
  } catch (cause) {
    throw ioError(`cannot claim the name ${quote(name)}`, cause);
  }
}

/** Removes the claims of runs that are gone; any process may do so at any time. */
export async function sweepNames(layout: Layout): Promise<void> {
  const directories = new Set(await readdir(layout.runs));
  for (const entry of await readdir(layout.names)) {
    const id = idOf(entry);
    if (directories.has(id)) continue;
    // A claim is written after its run's directory, so one without a directory is not to get one any more.
    if ((await existence(layout, id)) === 'gone') await rm(join(layout.names, entry), { force: true });
  }
}

/** For messages about a name that nobody has. */
export async function namesInUse(layout: Layout): Promise<string[]> {
  return (await readdir(layout.names)).map((entry) => entry.slice(0, entry.lastIndexOf('@')));
}
