import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach } from 'vitest';

/** The file that the package installs as `hotcell`, as built. */
export const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
}

export interface Result {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export type Running = ChildProcessByStdio<Writable, Readable, Readable>;

/** Named runs are kept: not among those of whoever runs the tests. */
const home = mkdtempSync(join(tmpdir(), 'hotcell-home-'));

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

/** The command line as a process that is under way; its standard input stays open until the test ends it. */
export function start(argv: readonly string[], { cwd = '/', env = {} }: Surroundings = {}): Running {
  return spawn(MAIN, [...argv], {
    cwd,
    env: { ...process.env, HOTCELL_HOME: home, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export async function finished(child: Running): Promise<Result> {
  const [[code, signal], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    collect(child.stdout),
    collect(child.stderr),
  ]);
  return { code, signal, stdout, stderr: stderr.toString() };
}

/** Runs the command line to its end. */
export async function hotcell(argv: readonly string[], around: Surroundings = {}): Promise<Result> {
  const child = start(argv, around);
  // A program that does not read its input closes it, and that is not what these tests are about.
  child.stdin.on('error', () => undefined);
  child.stdin.end(around.input ?? '');
  return await finished(child);
}

/** What most tests want to compare at once. */
export async function run(...argv: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const { code, stdout, stderr } = await hotcell(['run', ...argv]);
  return { code, out: stdout.toString(), err: stderr };
}

/** Waits until the program has printed `words`. What it prints after that is not lost. */
export async function printed(child: Running, words: string): Promise<void> {
  const seen: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      seen.push(chunk);
      if (!Buffer.concat(seen).includes(words)) return;
      child.stdout.off('data', onData).pause();
      child.off('close', onClose);
      resolve();
    };
    const onClose = (): void =>
      reject(new Error(`ended without "${words}": ${Buffer.concat(seen).toString()}`));
    child.stdout.on('data', onData);
    child.once('close', onClose);
  });
}

/** A directory for each test of the file, gone after it. */
export function useDirectory(): { readonly path: string } {
  const directory = { path: '' };
  beforeEach(() => {
    directory.path = mkdtempSync(join(tmpdir(), 'hotcell-cli-'));
  });
  afterEach(() => {
    rmSync(directory.path, { recursive: true, force: true });
  });
  return directory;
}

/** Processes of the whole machine that have `argument` in their command line. */
export function processesWith(argument: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument);
      } catch {
        return false;
      }
    });
}
