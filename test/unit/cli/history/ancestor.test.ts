import { expect, it } from 'vitest';
import { byImage } from '../../../../src/cli/history/ancestor.js';
import type { StoredRun } from '../../../../src/cli/history/model.js';
import { outcome } from '../support.js';

const ID = `sha256:abcd${'0'.repeat(60)}`;

const run = (image: string | null, id: string | null = null): StoredRun => {
  const ran = image === null ? null : outcome({ image: { reference: image, id } });
  return { record: { image, outcome: ran } } as unknown as StoredRun;
};

const RUNS = [
  run('debian', ID),
  run('debian:latest'),
  run('debian:12'),
  run('localhost:5000/debian'),
  run('host'),
  run('dir:/srv'),
  run(null),
];

it.each([
  ['debian', ['debian', 'debian:latest']],
  ['debian:latest', ['debian', 'debian:latest']],
  ['debian:12', ['debian:12']],
  ['debian:*', ['debian', 'debian:latest', 'debian:12']],
  ['localhost:5000/debian:latest', ['localhost:5000/debian']],
  ['host', ['host']],
  ['host:latest', []],
  ['dir:/srv', ['dir:/srv']],
  [ID, ['debian']],
  ['abcd', ['debian']],
  ['sha256:abcd0', ['debian']],
  ['abc', []],
  ['abcd1', []],
])('ancestor=%s finds the runs in %j', async (wanted, expected) => {
  const found = await byImage(wanted)(RUNS, () => Promise.reject(new Error('asked')));
  expect(RUNS.filter((_, index) => found[index]).map(({ record }) => record.image)).toEqual(expected);
});
