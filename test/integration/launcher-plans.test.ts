/** Plans and frames that are broken in every way: the launcher refuses or survives each, and goes on. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Operation } from '../../src/launcher/plan.js';
import { limitId, messageId, opId, protocolLimits, spaceId } from '../../src/launcher/protocol-table.js';
import { Writer } from '../../src/launcher/wire.js';
import { frame, hello, type RawConnection, type RawEnd } from '../support/raw-launcher.js';
import { encodePlan, goodOperations, goodPlan } from '../support/raw-plan.js';
import { useRawLauncher } from '../support/raw-session.js';

const session = useRawLauncher();

/** One operation as it goes over the wire, whatever is in it. */
const raw = (code: number, payload: Uint8Array = new Uint8Array()): Uint8Array =>
  new Writer().u32(code).bytes(payload).finish();
const words = (...values: readonly number[]): Uint8Array =>
  values.reduce((to, value) => to.u32(value), new Writer()).finish();
const text = (value: string): Uint8Array => new Writer().string(value).finish();
const goodAnd = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat([goodPlan(), ...parts]);
const times = (count: number, part: Uint8Array): Uint8Array[] => new Array<Uint8Array>(count).fill(part);

function withSpaces(spaces: number): Uint8Array {
  const rest = encodePlan(goodOperations().filter(({ op }) => op !== 'sandbox'));
  return Buffer.concat([raw(opId.sandbox, words(spaces)), rest]);
}

const source = (path: string): Operation => ({ op: 'source', path, flags: [] });
const without = (...kinds: readonly Operation['op'][]): Uint8Array =>
  encodePlan(goodOperations().filter(({ op }) => !kinds.includes(op)));

describe('a plan is refused with', () => {
  test.each<[string, Uint8Array]>([
    ['nothing in it', new Uint8Array()],
    ['no program', without('arg')],
    ['no working directory', without('workdir')],
    ['no sources for what uses them', without('source')],
    ['an unknown operation', goodAnd(raw(99))],
    ['operation 0', goodAnd(raw(0))],
    ['an operation longer than the rest', goodAnd(words(opId.enter, 0xffffffff))],
    ['an operation that goes on', goodAnd(raw(opId.enter, words(1)))],
    ['too many operations', goodAnd(...times(protocolLimits.opsMax, raw(opId.enter)))],
    ['too many sources', goodAnd(...times(999, encodePlan([source('/dev/null')])))],
    ['source 2 of 2', goodAnd(raw(opId.bind, Buffer.concat([words(2), text('/x')])))],
    ['source -1', goodAnd(raw(opId.overlay, Buffer.concat([words(0xffffffff), text('/x')])))],
    ['an overlay of source 9', goodAnd(raw(opId.overlayRoot, words(9)))],
    ['a text without NUL', goodAnd(raw(opId.arg, words(1, 0x41414141).subarray(0, 5)))],
    ['a text with a NUL inside', goodAnd(raw(opId.env, Buffer.from([4, 0, 0, 0, 65, 0, 66, 0])))],
    ['a text of no bytes', goodAnd(raw(opId.arg, words(0)))],
    ['a text of 4 GiB', goodAnd(raw(opId.hostname, words(0xffffffff)))],
    ['limit 0', goodAnd(raw(opId.limit, words(0, 1, 0)))],
    ['an unknown limit', goodAnd(raw(opId.limit, words(10, 1, 0)))],
    ['a sample each nanosecond', goodAnd(raw(opId.limit, words(limitId.sampleIntervalNs, 1, 0)))],
    ['half a limit', goodAnd(raw(opId.limit, words(limitId.sampleIntervalNs, 1)))],
    ['17 resource limits', goodAnd(...times(16, raw(opId.rlimit, words(7, 9, 0, 9, 0))))],
    ['half a seccomp instruction', goodAnd(raw(opId.seccomp, Buffer.from([4, 0, 0, 0, 6, 0, 0, 0])))],
    ['an empty seccomp filter', goodAnd(raw(opId.seccomp, words(0)))],
    ['a user beyond the range', goodAnd(raw(opId.identity, words(65535, 0)))],
    ['a group beyond the range', goodAnd(raw(opId.identity, words(0, 0xffffffff)))],
    ['an unknown namespace', withSpaces((spaceId.user | spaceId.mount | 0x80000000) >>> 0)],
    ['cgroups without a user namespace', withSpaces(spaceId.cgroup | spaceId.mount)],
    ['a network without a user namespace', withSpaces(spaceId.network | spaceId.mount | spaceId.pid)],
    ['loopback on the network of the host', withSpaces(spaceId.user | spaceId.mount | spaceId.loopback)],
    ["operations on the host's own root", withSpaces(0)],
    ['the same with a user namespace', withSpaces(spaceId.user | spaceId.pid)],
  ])('%s', async (_, plan) => {
    const connection = (await session.launcher.greeted()).send(frame(messageId.run, 1, plan));
    expect((await connection.end(1))?.refused).toMatch(/^plan/);
    // A plan that is refused harms nothing, not even its own connection.
    connection.send(frame(messageId.run, 1, goodPlan()));
    expect((await connection.end(1))?.refused).toMatch(/^plan/);
    connection.destroy();
    await session.expectUnharmed();
  });
});

const CROWD = 8;

/** Sends a few plans at a time over one connection, which has to live through all of them. */
async function endsOf(
  connection: RawConnection,
  plans: readonly Uint8Array[],
): Promise<(RawEnd | undefined)[]> {
  const ends: (RawEnd | undefined)[] = [];
  for (let at = 0; at < plans.length; at += CROWD) {
    const part = plans.slice(at, at + CROWD);
    for (const [index, plan] of part.entries()) connection.send(frame(messageId.run, index + 1, plan));
    ends.push(...(await Promise.all(part.map((_, index) => connection.end(index + 1)))));
    connection.frames.length = 0;
  }
  return ends;
}

test('as many sources as there may be are opened and handed over', async () => {
  const plan = encodePlan([...goodOperations(), ...new Array(998).fill(source('/dev/null'))]);
  const connection = await session.launcher.greeted();
  expect(await endsOf(connection, [plan])).toMatchObject([{ refused: null, exitCode: 0 }]);
  connection.destroy();
});

test('a plan cut off anywhere is refused, unless it ends between two operations', async () => {
  const plan = goodPlan();
  const whole = new Set(goodOperations().map((_, index, all) => encodePlan(all.slice(0, index)).byteLength));
  const lengths = Array.from({ length: plan.byteLength }, (_, length) => length).filter(
    (length) => !whole.has(length),
  );
  const connection = await session.launcher.greeted();
  const ends = await endsOf(
    connection,
    lengths.map((length) => plan.subarray(0, length)),
  );
  for (const [index, end] of ends.entries()) expect(end?.refused, `${lengths[index]} bytes`).toMatch(/^plan/);
  const between = await endsOf(
    connection,
    [...whole].map((length) => plan.subarray(0, length)),
  );
  expect(between).not.toContain(undefined);
  connection.destroy();
  await session.expectUnharmed();
});

test('a plan with one bit turned ends somehow, and the next run is right', async () => {
  const plan = goodPlan();
  // Every third bit: of each byte two or three, and of every three bytes all.
  const bits = Array.from({ length: Math.floor((plan.byteLength * 8) / 3) }, (_, index) => index * 3);
  const flipped = bits.map((bit) => {
    const copy = Uint8Array.from(plan);
    copy[bit >> 3] = (plan[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return copy;
  });
  const connection = await session.launcher.greeted();
  expect(await endsOf(connection, flipped)).not.toContain(undefined);
  connection.destroy();
  await session.expectUnharmed();
}, 60_000);

describe('at random', () => {
  const word = fc.oneof(fc.nat(80), fc.integer({ min: 0, max: 0xffffffff }));
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.array(word, { maxLength: 4 }).map((values) => words(...values)),
    fc.constant(goodPlan()),
    fc.constant(Buffer.alloc(300_000)),
  );
  const message = fc.oneof(fc.constantFrom(...Object.values(messageId)), word);
  const someFrame = fc
    .tuple(message, fc.constantFrom(0, 1, 2, 0xffffffff), payload)
    .map(([type, id, bytes]) => frame(type, id, bytes));
  const goodRun = fc.constantFrom(1, 2).map((id) => frame(messageId.run, id, goodPlan()));

  async function throwAt(connection: RawConnection, bytes: readonly Uint8Array[]): Promise<void> {
    connection.send(...bytes).finish();
    await connection.closed;
    expect(session.launcher.isRunning).toBe(true);
  }

  test('frames', async () => {
    const frames = fc.array(fc.oneof(someFrame, goodRun), { minLength: 1, maxLength: 8 });
    const property = fc.asyncProperty(frames, async (sent) =>
      throwAt(await session.launcher.greeted(), sent),
    );
    await fc.assert(property, { numRuns: 500 });
    await session.expectUnharmed();
  }, 60_000);

  test('bytes', async () => {
    const property = fc.asyncProperty(
      fc.boolean(),
      fc.uint8Array({ maxLength: 4096 }),
      async (greets, bytes) => throwAt(await session.launcher.connect(), greets ? [hello(), bytes] : [bytes]),
    );
    await fc.assert(property, { numRuns: 500 });
    await session.expectUnharmed();
  }, 60_000);
});
