/** A launcher that gets no more memory gives up who needs it, and nobody else. Not for a sanitizer, which needs its own. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { afterEach, beforeEach, expect, test } from 'vitest';
import { messageId } from '../../src/launcher/protocol-table.js';
import { sandboxProcesses } from '../support/leaks.js';
import { frame, RawLauncher } from '../support/raw-launcher.js';
import { encodePlan, goodOperations } from '../support/raw-plan.js';
import { expectCleanEnd, expectGoodRun } from '../support/raw-session.js';

const { run, stdin, started } = messageId;

/** What it may still take: its stack, but no buffer of a megabyte. */
const SLACK_KIB = 384;

let launcher: RawLauncher;

/** More than the tests need: a slot that is made while memory is limited would hand that limit on to its runs. */
const SLOTS = 12;

beforeEach(async () => {
  launcher = await RawLauncher.ready();
  const { control } = launcher;
  const short = encodePlan(goodOperations('sleep-for', ['300']));
  for (let id = 1; id <= SLOTS; id++) control.send(frame(run, id, short));
  for (let id = 1; id <= SLOTS; id++) expect(await control.end(id)).toMatchObject({ exitCode: 0 });
  control.frames.length = 0;
});

afterEach(async () => {
  await expectCleanEnd(launcher);
});

function limitMemory(): void {
  const kib = Number(/^VmSize:\s+(\d+)/m.exec(readFileSync(`/proc/${launcher.pid}/status`, 'utf8'))?.[1]);
  execFileSync('prlimit', ['--pid', String(launcher.pid), `--as=${(kib + SLACK_KIB) * 1024}:unlimited`]);
}

async function expectUnharmed(): Promise<void> {
  await expectGoodRun(launcher.control, 2);
  execFileSync('prlimit', ['--pid', String(launcher.pid), '--as=unlimited:unlimited']);
  await expectGoodRun(await launcher.greeted(), 1);
}

test('a client that does not read is dropped when there is no memory for what waits for it', async () => {
  const flood = encodePlan(
    goodOperations('flood-stdout', []).map((operation) =>
      operation.op === 'limit' && operation.limit === 'outputBytes'
        ? { ...operation, value: 1 << 30 }
        : operation,
    ),
  );
  const client = await launcher.greeted();
  limitMemory();
  client.pause();
  for (let id = 1; id <= 8; id++) client.send(frame(run, id, flood));
  // They run for five seconds unless the client is dropped, and its runs with it.
  await expectUnharmed();
  for (let id = 3; sandboxProcesses().some(({ name }) => name === 'p'); id++) {
    await expectGoodRun(launcher.control, id);
  }
  client.resume();
  await client.closed;
  expect(client.frames.filter(({ type }) => type === messageId.finished)).toEqual([]);
});

test('a client whose frame finds no room is dropped', async () => {
  const client = await launcher.greeted();
  limitMemory();
  client.send(frame(run, 1, Buffer.alloc(8 << 20)));
  await client.closed;
  await expectUnharmed();
});

test('a client whose input finds no room is dropped, and its program reads no input with a gap', async () => {
  const client = await launcher.greeted();
  for (let id = 1; id <= 4; id++)
    client.send(frame(run, id, encodePlan(goodOperations('never-read-stdin', []))));
  for (let id = 1; id <= 4; id++) await client.ofType(started, id);
  limitMemory();
  for (let id = 1; id <= 4; id++)
    for (let part = 0; part < 4; part++) client.send(frame(stdin, id, Buffer.alloc(65_536)));
  await client.closed;
  await expectUnharmed();
});
