/** What an image adds to plans, broken in every way: the launcher refuses or survives each, and goes on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readFacts } from '../../src/launcher/facts.js';
import type { Operation } from '../../src/launcher/plan.js';
import { messageId, opId, protocolLimits, spaceId } from '../../src/launcher/protocol-table.js';
import { Reader, Writer } from '../../src/launcher/wire.js';
import { frame } from '../support/raw-launcher.js';
import { encodePlan, goodOperations } from '../support/raw-plan.js';
import { useRawLauncher } from '../support/raw-session.js';

const session = useRawLauncher();

const directory = mkdtempSync(join(tmpdir(), 'plans-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const ROOT = { uid: 0, gid: 0 } as const;
const ALL = 2n ** 64n - 1n;

const raw = (code: number, payload: Uint8Array): Uint8Array => new Writer().u32(code).bytes(payload).finish();
const words = (...values: readonly number[]): Uint8Array =>
  values.reduce((to, value) => to.u32(value), new Writer()).finish();
/** A list of numbers as it goes over the wire. */
const list = (...values: readonly number[]): Uint8Array => new Writer().bytes(words(...values)).finish();

const good = encodePlan(goodOperations());
const goodAnd = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat([good, ...parts]);
const also = (...operations: readonly Operation[]): Uint8Array => goodAnd(encodePlan(operations));
const asRoot: Operation = { op: 'identity', ...ROOT };

function inSpaces(spaces: number, ...operations: readonly Operation[]): Uint8Array {
  const rest = goodOperations().filter(({ op }) => op !== 'sandbox');
  return Buffer.concat([raw(opId.sandbox, words(spaces)), encodePlan([...rest, ...operations])]);
}

async function end(plan: Uint8Array) {
  const connection = (await session.launcher.greeted()).send(frame(messageId.run, 1, plan));
  const ended = await connection.end(1);
  connection.destroy();
  await session.expectUnharmed();
  return ended;
}

describe('a plan is refused with', () => {
  test.each<[string, Uint8Array]>([
    ['a root of no layers', also({ op: 'overlayRoot', sources: [] })],
    ['a root of too many layers', also({ op: 'overlayRoot', sources: Array<number>(501).fill(0) })],
    ['an unknown layer among known ones', also({ op: 'overlayRoot', sources: [0, 1, 2] })],
    ['half a layer', goodAnd(raw(opId.overlayRoot, Buffer.from([2, 0, 0, 0, 0, 0])))],
    ['more layers than it has', goodAnd(raw(opId.overlayRoot, words(8, 0)))],
    ['a layer and something more', goodAnd(raw(opId.overlayRoot, words(4, 0, 0)))],
    ['capabilities for somebody else', also({ op: 'capabilities', mask: 1n })],
    [
      'capabilities for nobody in particular',
      encodePlan([
        ...goodOperations().filter(({ op }) => op !== 'identity'),
        { op: 'capabilities', mask: 1n },
      ]),
    ],
    [
      'capabilities over the host',
      inSpaces(spaceId.mount | spaceId.pid, asRoot, { op: 'capabilities', mask: ALL }),
    ],
    ['half a mask of capabilities', goodAnd(raw(opId.capabilities, words(1)))],
    ['too many groups', also({ op: 'groups', gids: Array<number>(protocolLimits.groupsMax + 1).fill(5) })],
    ['the group of init', also({ op: 'groups', gids: [5, 65_535] })],
    ['a group beyond the range', also({ op: 'groups', gids: [0xffff_ffff] })],
    ['half a group', goodAnd(raw(opId.groups, Buffer.from([2, 0, 0, 0, 0, 0])))],
    ['a lock of no name', goodAnd(raw(opId.hold, words(0)))],
    ['an offer without content', goodAnd(raw(opId.offer, Buffer.concat([words(0, 0, 0), list(0x61)])))],
  ])('%s', async (_, plan) => {
    expect((await end(plan))?.refused).toMatch(/^plan/);
  });
});

test('layers with long numbers are not written past their list', async () => {
  // Each takes a number of those that layers have, too.
  const taken = Array.from(
    { length: 10_000 },
    (_, index): Operation => ({ op: 'scratch', path: `/s${index}`, mode: 0o755, ...ROOT }),
  );
  const sources = Array.from(
    { length: 500 },
    (): Operation => ({ op: 'source', path: directory, flags: ['readOnly'] }),
  );
  const layers: Operation = { op: 'overlayRoot', sources: sources.map((_, index) => index) };
  const plan = encodePlan([
    { op: 'sandbox', spaces: ['user', 'mount', 'pid', 'dropPrivileges'] },
    ...sources,
    { op: 'root', bytes: 2 ** 27, inodes: 50_000 },
    ...taken,
    layers,
    { op: 'workdir', value: '/' },
    { op: 'arg', value: '/p' },
  ]);
  const connection = (await session.launcher.greeted()).send(frame(messageId.run, 1, plan));
  const finished = await connection.ofType(messageId.finished, 1);
  const { failure } = readFacts(new Reader(finished?.payload ?? Buffer.alloc(0)));
  expect(failure).toMatchObject({ step: 'overlay', errno: constants.errno.ENAMETOOLONG });
  connection.destroy();
  await session.expectUnharmed();
});

test('a place below a file is offered nothing, and the rest goes on', async () => {
  const offers: Operation[] = ['/dev/null/x', '/proc', '/box/note/x/y'].map((path) => ({
    op: 'offer',
    path,
    mode: 0o644,
    content: Buffer.from('x'),
    ...ROOT,
  }));
  const enter = goodOperations().findIndex(({ op }) => op === 'enter');
  const plan = goodOperations();
  plan.splice(enter, 0, ...offers);
  expect(await end(encodePlan(plan))).toMatchObject({ refused: null, exitCode: 0 });
});
