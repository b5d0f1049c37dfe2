import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunStore } from '../../../src/store/index.js';
import { outcome } from '../cli/support.js';
import { killOwner, makeHome, makeStore, runDirectory } from './support.js';

const usage = (message: RegExp) =>
  expect.objectContaining({ code: 'invalid-usage', message: expect.stringMatching(message) });
const io = (message: RegExp) =>
  expect.objectContaining({ code: 'io', message: expect.stringMatching(message) });

describe('a home that cannot be used', () => {
  it('is a file', async () => {
    const home = join(makeHome(), 'file');
    writeFileSync(home, '');
    await expect(RunStore.open(home)).rejects.toEqual(
      io(/^cannot keep the history in .*file\/runs: not a directory$/),
    );
  });

  it('others may write to', async () => {
    const home = makeHome();
    mkdirSync(join(home, 'runs'));
    chmodSync(join(home, 'runs'), 0o777);
    await expect(RunStore.open(home)).rejects.toEqual(io(/runs is not only ours to write/));
  });

  it('has a link where the runs should be', async () => {
    const home = makeHome();
    mkdirSync(join(home, 'elsewhere'));
    spawnSync('ln', ['-s', 'elsewhere', join(home, 'runs')]);
    await expect(RunStore.open(home)).rejects.toEqual(io(/runs is not only ours to write/));
  });
});

describe('a run', () => {
  it('is running until it is finished, and keeps what it was', async () => {
    const { store } = await makeStore();
    const live = await store.create({
      kind: 'run',
      name: 'web',
      labels: { a: '1' },
      image: 'host',
      command: ['sleep', '5'],
    });
    expect(await store.get('web')).toMatchObject({
      state: 'running',
      pid: process.pid,
      record: { id: live.id },
    });
    const told = outcome({
      exitCode: 3,
      status: 'nonzero-exit',
      stdout: { text: 'secret', bytes: 6, truncated: false },
    });
    await live.finish({ exitCode: 3, outcome: told });
    const { state, pid, record } = await store.get(live.id);
    expect([state, pid, record.exitCode, record.labels, record.command]).toEqual([
      'exited',
      null,
      3,
      { a: '1' },
      ['sleep', '5'],
    ]);
    expect(record.outcome).toEqual({ ...told, stdout: { text: '', bytes: 6, truncated: false } });
  });

  it('can be read by nobody else', async () => {
    const { store, home } = await makeStore();
    const live = await store.create({ kind: 'run' });
    const modes = spawnSync('stat', [
      '-c',
      '%a',
      join(home, 'runs'),
      runDirectory(home, live.id),
    ]).stdout.toString();
    expect(modes).toBe('700\n700\n');
    await live.finish({ exitCode: 0 });
  });

  it('is lost when its process died before the end', async () => {
    const { store, home } = await makeStore();
    const live = await store.create({ kind: 'test', name: 'night' });
    await live[Symbol.asyncDispose]();
    await killOwner(runDirectory(home, live.id));
    expect(await store.get('night')).toMatchObject({ state: 'lost', pid: null, record: { exitCode: null } });
  });

  it('takes nothing any more once it is over', async () => {
    const { store } = await makeStore();
    const live = await store.create({ kind: 'test' });
    await live.finish({ exitCode: 0 });
    await expect(live.append(outcome())).rejects.toMatchObject({ code: 'closed' });
    await expect(live.finish({ exitCode: 0 })).rejects.toMatchObject({ code: 'closed' });
    await live.write('stdout', Buffer.from('x'));
  });

  it('keeps all the words of a command line, as many as there may be', async () => {
    const { store } = await makeStore();
    const command = Array.from({ length: 20_000 }, (_, index) => `suites/${index}.yaml`);
    const live = await store.create({ kind: 'test', command });
    await live.finish({ exitCode: 0 });
    expect((await store.get(live.id)).record.command).toEqual(command);
  });

  it('keeps of a summary what a history is for', async () => {
    const { store } = await makeStore();
    const live = await store.create({ kind: 'test' });
    const summary = {
      id: 'x',
      total: 3,
      verdicts: { passed: 2, failed: 1, error: 0, skipped: 0 },
      failedBuilds: 0,
      flaky: ['a › b'],
      stopped: null,
      ok: false,
    } as const;
    await live.finish({ exitCode: 1, summary });
    const { id: _id, ...kept } = summary;
    expect((await store.get(live.id)).record.summary).toEqual(kept);
  });
});

describe('a reference', () => {
  it('to nothing is answered with the nearest name', async () => {
    const { store } = await makeStore();
    await (await store.create({ kind: 'run', name: 'webserver' })).finish({ exitCode: 0 });
    await expect(store.get('websrever')).rejects.toEqual(
      usage(/^there is no run "websrever"; did you mean "webserver"\?$/),
    );
    await expect(store.get('')).rejects.toEqual(usage(/^there is no run ""$/));
    await expect(store.get('../../etc')).rejects.toEqual(usage(/^there is no run/));
  });

  it('is an id, the beginning of one, or a name, and a name is stronger than a beginning', async () => {
    const { store } = await makeStore();
    const first = await store.create({ kind: 'run' });
    const second = await store.create({ kind: 'run', name: first.id.slice(0, 12) });
    expect((await store.get(first.id)).record.id).toBe(first.id);
    expect((await store.get(first.id.slice(0, 20))).record.id).toBe(first.id);
    expect((await store.get(first.id.slice(0, 12))).record.id).toBe(second.id);
    await expect(store.get('0')).rejects.toEqual(usage(/^2 runs have an id that begins with "0"$/));
    for (const live of [first, second]) await live.finish({ exitCode: 0 });
  });
});

describe('what is kept', () => {
  it('is listed with the newest first', async () => {
    const { store } = await makeStore();
    const names = ['a', 'b', 'c'];
    for (const name of names) await (await store.create({ kind: 'run', name })).finish({ exitCode: 0 });
    const ids = (await store.list()).map(({ record }) => record.id);
    expect(ids).toEqual([...ids].sort().reverse());
    expect((await store.list()).map(({ record }) => record.name).sort()).toEqual(names);
  });

  it('is listed without what cannot be read, of which the caller is told', async () => {
    const { store, home } = await makeStore();
    const live = await store.create({ kind: 'run', name: 'good' });
    const damaged = ['{', '{"version":2}', '', '\0\0\0'];
    for (const [index, text] of damaged.entries()) {
      const directory = runDirectory(home, `${index}${live.id.slice(1)}`.replace(/^0/, 'z'));
      mkdirSync(directory);
      writeFileSync(join(directory, 'record.json'), text);
    }
    const told: string[] = [];
    const list = await store.list({ onDamaged: (id, error) => told.push(`${id} ${String(error)}`) });
    expect(list.map(({ record }) => record.name)).toEqual(['good']);
    expect(told).toHaveLength(damaged.length);
    for (const line of told) expect(line).toMatch(/record\.json: not a record that this version reads$/);
    await expect(store.get(told[0]?.slice(0, 26) ?? '')).rejects.toEqual(io(/not a record/));
    expect(await store.remove(told[0]?.slice(0, 26) ?? '')).toBe(told[0]?.slice(0, 26));
    await live.finish({ exitCode: 0 });
  });

  it('can be removed when it is over, with all its files and its name', async () => {
    const { store, home } = await makeStore();
    const live = await store.create({ kind: 'run', name: 'web' });
    await expect(store.remove('web')).rejects.toEqual(usage(/^run "web" is running$/));
    await live.finish({ exitCode: 0 });
    expect(await store.remove('web')).toBe(live.id);
    expect(readdirSync(join(home, 'runs'))).toEqual([]);
    expect(readdirSync(join(home, 'names'))).toEqual([]);
    await expect(store.remove('web')).rejects.toEqual(usage(/no run "web"/));
    await (await store.create({ kind: 'run', name: 'web' })).finish({ exitCode: 0 });
  });

  it('is not removed by force when its process does more than this run', async () => {
    const { store } = await makeStore();
    const live = await store.create({ kind: 'run', name: 'web', stoppable: true });
    await expect(store.remove('web', { force: true })).rejects.toEqual(
      usage(
        new RegExp(`^the run cannot be ended from here: process ${process.pid} does more than this run$`),
      ),
    );
    await live.finish({ exitCode: 0 });
  });

  it('is still written when the directory is gone, without an exception that nobody catches', async () => {
    const { store, home } = await makeStore();
    const live = await store.create({ kind: 'run', name: 'web' });
    await live.write('stdout', Buffer.from('x'));
    rmSync(runDirectory(home, live.id), { recursive: true });
    await expect(live.finish({ exitCode: 0 })).rejects.toEqual(
      io(/^cannot write .*record\.json: no such file/),
    );
    expect(existsSync(runDirectory(home, live.id))).toBe(false);
  });
});

describe('a run that is resumed', () => {
  it('goes on in its journal, after the last complete line', async () => {
    const { store, home } = await makeStore();
    const first = await store.create({ kind: 'test', name: 'night' });
    await first.append(outcome({ id: '1' }));
    await first[Symbol.asyncDispose]();
    const directory = runDirectory(home, first.id);
    writeFileSync(
      join(directory, 'outcomes.jsonl'),
      `${readFileSync(join(directory, 'outcomes.jsonl'), 'utf8')}{"id":"to`,
    );
    await killOwner(directory);
    const second = await store.resume('night');
    expect(second.id).toBe(first.id);
    expect(await store.get('night')).toMatchObject({
      state: 'running',
      record: { turn: 2, finishedAt: null },
    });
    await second.append(outcome({ id: '2' }));
    await second.finish({ exitCode: 0 });
    const ids: string[] = [];
    for await (const { id } of store.outcomes('night')) ids.push(id);
    expect(ids).toEqual(['1', '2']);
  });

  it('is refused while it runs, and to all but one of those who try at once', async () => {
    const { store, home } = await makeStore();
    const live = await store.create({ kind: 'test', name: 'night' });
    await expect(store.resume('night')).rejects.toEqual(usage(/^run "night" is running$/));
    await live[Symbol.asyncDispose]();
    await killOwner(runDirectory(home, live.id));
    // First of one that is lost, then of one that was finished.
    for (let round = 0; round < 2; round++) {
      const tries = await Promise.allSettled(
        Array.from({ length: 20 }, async () => await store.resume('night')),
      );
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const result of tries)
        if (result.status === 'fulfilled') await result.value.finish({ exitCode: 0 });
    }
  });
});

describe('the journal', () => {
  it('gives the last final outcome of each key', async () => {
    const { store } = await makeStore();
    const live = await store.create({ kind: 'test' });
    await live.append(outcome({ id: '1', case: 'a', final: false, verdict: 'failed' }));
    await live.append(outcome({ id: '2', case: 'a' }));
    await live.append(outcome({ id: '3', case: 'b', verdict: 'failed' }));
    await live.append(outcome({ id: '4', case: 'b' }));
    await live.append(outcome({ id: '5', role: 'build' }));
    await live.append(outcome({ id: '6', case: 'c', final: false }));
    await live.flush();
    const done = await store.readJournal(live.id, ({ role, case: name }) =>
      role === 'program' ? name : null,
    );
    expect([...done].map(([key, { id }]) => [key, id])).toEqual([
      ['a', '2'],
      ['b', '4'],
    ]);
    await live.finish({ exitCode: 0 });
  });

  it('is told of with the digests that it was given', async () => {
    const { store } = await makeStore();
    const live = await store.create({ kind: 'test', flags: { '--repeat': ['3'] } });
    await live.append(outcome({ id: '1' }), 'old');
    await live.append(outcome({ id: '2' }), 'new');
    await live.append(outcome({ id: '3' }));
    await live.finish({ exitCode: 0 });
    const digests: unknown[] = [];
    const done = await store.readJournal(live.id, ({ id }, digest) => {
      digests.push(digest);
      return digest === 'old' ? id : null;
    });
    expect([digests, [...done.keys()], [...done.ids]]).toEqual([['old', 'new', null], ['1'], ['1']]);
    expect((await store.get(live.id)).record.flags).toEqual({ '--repeat': ['3'] });
  });

  it('is read again for each outcome, and says so when it is not there any more', async () => {
    const { store, home } = await makeStore();
    const live = await store.create({ kind: 'test' });
    const text = 'ä\u{1f600}'.repeat(50_000);
    for (const id of ['1', '2', '3']) {
      await live.append(outcome({ id, case: id, stdout: { text, bytes: 300_000, truncated: false } }));
    }
    await live.flush();
    const done = await store.readJournal(live.id, ({ case: name }) => name);
    await live.append(outcome({ id: '4' }));
    expect([done.size, done.has('2'), done.has('4'), done.get('4')]).toEqual([3, true, false, undefined]);
    expect(done.get('2')).toEqual(
      outcome({ id: '2', case: '2', stdout: { text, bytes: 300_000, truncated: false } }),
    );
    const told: string[] = [];
    done.forEach(({ id }, key) => {
      told.push(`${key}=${id}`);
    });
    expect(told).toEqual(['1=1', '2=2', '3=3']);
    const file = join(runDirectory(home, live.id), 'outcomes.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 400_000));
    expect(() => done.get('3')).toThrow(io(/outcomes\.jsonl has changed while it was read$/));
    rmSync(file);
    expect(() => done.get('1')).toThrow(io(/^cannot read .*outcomes\.jsonl: no such file/));
    await live.finish({ exitCode: 0 }).catch(() => undefined);
  });

  it('is empty for a run that never got that far', async () => {
    const { store, home } = await makeStore();
    const live = await store.create({ kind: 'test' });
    rmSync(join(runDirectory(home, live.id), 'outcomes.jsonl'));
    expect((await store.readJournal(live.id, () => 'x')).size).toBe(0);
    await live.finish({ exitCode: 0 });
  });
});
