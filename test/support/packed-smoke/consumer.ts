/** What a user of the installed package would write. Compiled and run beside the package, never in this checkout. */
import assert from 'node:assert/strict';
import { createHotcell, HotcellError, type JobInput, type Outcome } from 'hotcell';
import jobSchema from 'hotcell/schemas/job.schema.json' with { type: 'json' };

const job: JobInput = {
  name: 'sum',
  command: ['sh', '-c', 'read a b; echo $((a + b)); exit 3'],
  stdin: '40 2\n',
  limits: { wallTime: '5s', memory: '64MiB', pids: 8 },
};

await using cell = await createHotcell();
const outcome: Outcome = await cell.run(job);
assert.equal(outcome.status, 'nonzero-exit', outcome.message ?? undefined);
assert.equal(outcome.exitCode, 3);
assert.deepEqual(outcome.stdout, { text: '42\n', bytes: 3, truncated: false });
assert.equal(outcome.isolation.level, 'full');
assert.deepEqual(outcome.isolation.degraded, []);
assert.ok((outcome.metrics.memoryPeakBytes ?? 0) > 0, 'memory is measured');

// A key that the types refuse, as a caller without types would send it.
const mistake: object = { command: ['true'], limits: { memroy: '1g' } };
await assert.rejects(cell.run(mistake as JobInput), (error) => {
  assert.ok(error instanceof HotcellError);
  assert.equal(error.code, 'invalid-spec');
  assert.match(error.message, /memory/);
  return true;
});

assert.equal(jobSchema.type, 'object');
console.log('library ok');
