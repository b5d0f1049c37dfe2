import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { outcome } from '../cli/support.js';
import { makeStore } from './support.js';

const SCRIPT = fileURLToPath(new URL('process.ts', import.meta.url));

interface Child {
  readonly process: ChildProcess;
  /** The next line that it says. */
  line(): Promise<string>;
  go(): void;
}

function start(...argv: string[]): Child {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, ...argv], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    process: child,
    line: async () => String((await lines.next()).value),
    go: () => child.stdin.write('go\n'),
  };
}

async function kill(child: Child): Promise<void> {
  const exit = once(child.process, 'exit');
  child.process.kill('SIGKILL');
  await exit;
}

describe('several processes', { timeout: 60_000 }, () => {
  it('can have a name only once, however close they come', async () => {
    const { store, home } = await makeStore();
    const children = Array.from({ length: 4 }, () => start(home, 'race'));
    await Promise.all(children.map(async (child) => await child.line()));
    for (const child of children) child.go();
    const answers = await Promise.all(children.map(async (child) => await child.line()));
    expect(answers.filter((answer) => answer === 'created')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['created', 'the name "race" is in use']));
    expect((await store.list()).map(({ record, state }) => [record.name, state])).toEqual([
      ['race', 'running'],
    ]);
    expect(readdirSync(join(home, 'names'))).toHaveLength(1);
    await Promise.all(children.map(kill));
    expect((await store.get('race')).state).toBe('lost');
  });

  it('keep what was flushed when they are killed, and another goes on from there', async () => {
    const { store, home } = await makeStore();
    const child = start(home, 'night', JSON.stringify(outcome({ id: 'kept', case: 'a' })));
    await child.line();
    child.go();
    expect(await child.line()).toBe('created');
    expect(await child.line()).toBe('flushed');
    await expect(store.resume('night')).rejects.toMatchObject({ message: 'run "night" is running' });
    await kill(child);
    const live = await store.resume('night');
    expect(
      [...(await store.readJournal(live.id, ({ case: name }) => name)).values()].map(({ id }) => id),
    ).toEqual(['kept']);
    await live.finish({ exitCode: 0 });
  });

  it('are ended with the run that they are there for', async () => {
    const { store, home } = await makeStore();
    const child = start(home, 'web');
    await child.line();
    child.go();
    expect(await child.line()).toBe('created');
    const { pid, directory } = await store.get('web');
    expect(pid).toBe(child.process.pid);
    expect(readFileSync(join(directory, 'record.json'), 'utf8')).toContain('"stoppable":true');
    const exit = once(child.process, 'exit');
    await store.remove('web', { force: true });
    expect(await exit).toEqual([null, 'SIGTERM']);
    expect(await store.list()).toEqual([]);
  });
});
