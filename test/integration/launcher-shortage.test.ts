/** A launcher that lacks descriptors or places waits for them, and neither spins nor forgets anybody. */
import { expect, test } from 'vitest';
import type { Operation } from '../../src/launcher/plan.js';
import { messageId } from '../../src/launcher/protocol-table.js';
import { frame, hello, type RawConnection, RawLauncher } from '../support/raw-launcher.js';
import { encodePlan, goodOperations } from '../support/raw-plan.js';
import { expectCleanEnd, expectGoodRun } from '../support/raw-session.js';

const { run, welcome } = messageId;

const sleepingFor = (ms: number): Operation[] => goodOperations('sleep-for', [String(ms)]);

test('out of descriptors, it lets further clients wait without spinning, and takes them when there are some', async () => {
  const launcher = await RawLauncher.ready({ openFiles: 72 });
  const { control } = launcher;
  await expectGoodRun(control, 1); // the slot is there and stays
  control.send(frame(run, 2, encodePlan(sleepingFor(2500))));
  await control.ofType(messageId.started, 2);
  const before = launcher.cpuMs();
  const clients: RawConnection[] = [];
  for (let client = 0; client < 90; client++) clients.push((await launcher.connect()).send(hello()));
  await clients[0]?.ofType(welcome);
  expect(await control.end(2)).toMatchObject({ exitCode: 0 });
  expect(launcher.cpuMs() - before).toBeLessThan(100);
  const [taken, waiting] = [true, false].map((is) =>
    clients.filter(({ frames }) => frames.length > 0 === is),
  );
  expect(taken?.length).toBeGreaterThan(5);
  expect(waiting?.length).toBeGreaterThan(5);
  // Each that goes makes room for one that waits.
  for (const client of taken ?? []) client.destroy();
  for (const client of waiting ?? []) {
    expect(await client.ofType(welcome)).toBeDefined();
    client.destroy();
  }
  await expectGoodRun(control, 3);
  await expectCleanEnd(launcher);
});

test('with every slot busy and more runs waiting, a run that needs another kind of slot has its turn', async () => {
  const launcher = await RawLauncher.ready();
  const { control } = launcher;
  const usual = encodePlan(sleepingFor(100));
  // Without a network namespace of its own, so that no slot of the others will do.
  const other = encodePlan(
    sleepingFor(1).map((operation) =>
      operation.op === 'sandbox'
        ? { ...operation, spaces: operation.spaces.filter((space) => space !== 'network') }
        : operation,
    ),
  );
  const MANY = 300;
  const MINE = 150;
  for (let id = 1; id <= MANY; id++) control.send(frame(run, id, id === MINE ? other : usual));
  for (let id = 1; id <= MANY; id++) expect(await control.end(id)).toMatchObject({ exitCode: 0 });
  const order = control.frames.filter(({ type }) => type === messageId.finished).map(({ id }) => id);
  // Those that came before it, and those that had their slots already.
  expect(order.indexOf(MINE)).toBeLessThan(MINE + 64 + 20);
  await expectCleanEnd(launcher);
});
