/** What Node itself would make of the command line and of signals, before Hotcell sees them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { finished, hotcell, start, useDirectory } from './support.js';

const directory = useDirectory();

test.each([
  ['as a flag', (path: string) => ['run', '--env-file', path, '--', 'sh', '-c', 'echo $A']],
  [
    'as an argument of the program',
    (path: string) => ['run', 'sh', '-c', 'echo 1', 'sh', '--env-file', path],
  ],
])('an env file %s does not reach Node', async (_, argv) => {
  const path = join(directory.path, 'job.env');
  writeFileSync(path, 'A=1\nNODE_OPTIONS=--no-such-option\n');
  const result = await hotcell(argv(path));
  expect([result.stderr, result.stdout.toString(), result.code]).toEqual(['', '1\n', 0]);
});

test('an env file that is not there is our error', async () => {
  const result = await hotcell(['run', '--env-file', '/none', 'true']);
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('--env-file: "/none"');
});

test('SIGUSR1 opens no debugger', async () => {
  // The program gets the signal as well, at once or after its end.
  const child = start(['run', '--', 'sh', '-c', 'trap "" USR1; echo up; read line; echo done']);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGUSR1');
  child.stdin.end('go\n');
  const result = await finished(child);
  expect([result.code, result.stderr]).toEqual([0, '']);
});
