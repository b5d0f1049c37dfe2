/** Speaks as a thread of the pool does, and misbehaves as the suite's name says. */
import { threadId, workerData } from 'node:worker_threads';

const ended = new Map();
let port;

let active = 0;
let most = 0;

const outcome = (status, rest) => ({ status, verdict: 'passed', companions: [], worker: null, ...rest });
const done = (status, rest) => ({ kind: 'done', result: { outcome: outcome(status, rest), files: [] } });
const failed = (code, message) => ({ kind: 'failed', error: { code, message, hint: 'a hint' } });

const untilCancelled = ({ id }) => new Promise((resolve) => ended.set(id, () => resolve(done('cancelled'))));

/** Deaths are counted in memory that all threads share. */
const deaths = new Int32Array(workerData.shared);

const BEHAVIOUR = {
  ok: () => done('ok', { id: String(threadId) }),
  sampled: ({ id, sampleIntervalMs }) => {
    for (const atMs of [1, 2])
      port.postMessage([{ kind: 'sample', id, sample: { atMs, cpuMs: sampleIntervalMs } }]);
    return untilCancelled({ id });
  },
  wait: async () => {
    most = Math.max(most, ++active);
    await new Promise((resolve) => setTimeout(resolve, 20));
    active--;
    return done('ok', { id: String(most) });
  },
  'die-always': () => process.exit(7),
  'die-twice': () => (Atomics.add(deaths, 0, 1) < 2 ? process.exit(7) : done('ok')),
  'die-now-and-then': () => (Atomics.add(deaths, 0, 1) % 40 === 39 ? process.exit(7) : BEHAVIOUR.wait()),
  'throw-later': () => {
    setImmediate(() => {
      throw new Error('out of the blue');
    });
    return new Promise(() => undefined);
  },
  'until-cancelled': untilCancelled,
  hang: () => new Promise(() => undefined),
  spin: () => {
    for (;;);
  },
  'internal-twice': () => done(Atomics.add(deaths, 0, 1) < 2 ? 'internal-error' : 'ok'),
  'internal-always': () => {
    Atomics.add(deaths, 0, 1);
    return done('internal-error');
  },
  'internal-checker': () =>
    done('ok', { companions: Atomics.add(deaths, 0, 1) === 0 ? [{ status: 'internal-error' }] : [] }),
  'closed-once': () => (Atomics.add(deaths, 0, 1) === 0 ? failed('closed', 'it is gone') : done('ok')),
  'spec-fault': () => {
    Atomics.add(deaths, 0, 1);
    return failed('invalid-spec', 'files.a: there is no such file');
  },
  'no-fault-of-ours': () => failed(null, 'x is not a function'),
};

async function answer(request) {
  const { id } = request;
  const { suite } = request.item.task;
  if (suite !== 'mute') port.postMessage([{ kind: 'started', id }]);
  const act = BEHAVIOUR[suite === 'mute' ? 'hang' : suite];
  port.postMessage([{ kind: 'reply', id, reply: await act(request) }]);
}

export function serve(given) {
  port = given;
  port.on('message', (told) => {
    for (const { kind, id, request } of told) {
      if (kind === 'cancel') ended.get(id)?.();
      else void answer(request);
    }
  });
  return new Promise(() => undefined);
}
