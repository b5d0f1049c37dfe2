/** Family A: attacks on the launcher and on what starts a program, as far as other tests do not have them (attacks.ts). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HotcellError } from '../../src/engine/index.js';
import type { JobInput, Outcome } from '../../src/spec/index.js';
import { ending, exited, lines, text, useCell, values } from '../support/cell.js';
import { sandboxProcesses } from '../support/leaks.js';
import { programJob } from '../support/programs.js';

const cell = useCell();

const BINARY = 'build/hotcell-launcher';

/** A job is refused with an error of ours, or it runs: what is neither is a fault. */
async function runOrRefusal(job: JobInput): Promise<Outcome | HotcellError> {
  try {
    return await cell.run(job);
  } catch (error) {
    if (error instanceof HotcellError) return error;
    throw error;
  }
}

const isOutcome = (found: Outcome | HotcellError): found is Outcome => !(found instanceof HotcellError);

describe('A1', () => {
  test('a script whose interpreter is /proc/self/exe starts nothing of ours', async () => {
    const before = readFileSync(BINARY);
    const outcome = await cell.run({
      command: ['./script'],
      files: { script: { content: '#!/proc/self/exe\n', mode: '0755' } },
    });
    expect(outcome.status).not.toBe('ok');
    expect(text(outcome.stdout)).toBe('');
    expect(readFileSync(BINARY).equals(before)).toBe(true);
  });

  test.each(['/proc/self/exe', '/proc/1/exe', '/proc/2/exe'])('%s is not the launcher', async (path) => {
    const outcome = await cell.run({
      command: ['/bin/sh', '-c', `cat ${path} | head -c 64 > copy; exec ./copy`],
    });
    expect(outcome.status).not.toBe('ok');
    const written = await cell.run({ command: ['/bin/sh', '-c', `: >> ${path}`] });
    expect(written.status).not.toBe('ok');
  });
});

describe('A2', () => {
  test('a working directory of /proc/self/fd is refused, or is none of the host', async () => {
    for (let fd = 0; fd < 64; fd++) {
      const found = await runOrRefusal({ command: ['/bin/pwd', '-P'], workdir: `/proc/self/fd/${fd}` });
      if (isOutcome(found)) expect(`${fd} ${found.status}`).not.toBe(`${fd} ok`);
    }
  });

  test('a command below /proc/self/fd is not there', async () => {
    for (const fd of [3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 63, 255, 1023]) {
      const path = `/proc/self/fd/${fd}`;
      for (const command of [[path], [`${path}/bin/true`], [`${path}/../../../bin/true`]]) {
        const found = await runOrRefusal({ command });
        if (isOutcome(found)) expect(`${command[0]} ${found.status}`).not.toBe(`${command[0]} ok`);
      }
    }
  });
});

describe('A8', () => {
  const PLAIN = ['0', '0:0', '1234', '65534:33'];
  const ODD = ['1000:', ':0', '+0', '0x0', ' 0', '0 ', '-1', '-0', '00', '65536', '4294967295', '4294967296'];
  test.each(PLAIN)('user %j is what it says', async (user) => {
    const outcome = await cell.run({ ...programJob('print-credentials'), user });
    expect(ending(outcome)).toEqual(exited(0));
    expect(values(outcome).get('Uid')?.split(' ')[0]).toBe(user.split(':')[0]);
  });

  test.each([...ODD, '1e3', '0.0', 'root\n', 'nobody-there', '٠', '0:+0', '1000:4294967295'])(
    'user %j, which reads like another, is refused',
    async (user) => {
      const running = cell.run({ ...programJob('print-credentials'), user });
      await expect(running).rejects.toBeInstanceOf(HotcellError);
    },
  );
});

describe('A9', () => {
  const NAMES = [
    '../x',
    '.',
    '..',
    'a/../../b',
    'a\0b',
    'a\nb',
    '-rf',
    '',
    '/',
    '//etc/passwd',
    'a'.repeat(5000),
    '\u202e',
  ];
  const places: readonly [string, (name: string) => JobInput][] = [
    ['a file', (name) => ({ command: ['/bin/true'], files: { [name]: { content: 'x' } } })],
    ['a variable', (name) => ({ command: ['/bin/true'], env: { [name]: 'x' } })],
    ['the value of a variable', (name) => ({ command: ['/bin/true'], env: { X: name } })],
    ['an argument', (name) => ({ command: ['/bin/true', name] })],
    ['the host name', (name) => ({ command: ['/bin/true'], hostname: name })],
    ['the working directory', (name) => ({ command: ['/bin/true'], workdir: name })],
    [
      'a target of a mount',
      (name) => ({ command: ['/bin/true'], mounts: [{ source: '/usr', target: name }] }),
    ],
    ['an output', (name) => ({ command: ['/bin/true'], outputs: [name] })],
  ];
  test.each(places)('%s with an odd name is refused or harmless', async (_, job) => {
    for (const name of NAMES) {
      const found = await runOrRefusal(job(name));
      if (isOutcome(found)) expect([name, found.status]).not.toEqual([name, 'internal-error']);
    }
    expect(ending(await cell.run({ command: ['/bin/true'] }))).toEqual(exited(0));
  });
});

describe('A10', () => {
  const HOSTILE = {
    LD_PRELOAD: '/box/preload.so',
    LD_LIBRARY_PATH: '/box',
    LD_AUDIT: '/box/preload.so',
    NODE_OPTIONS: '--require=/box/x.js',
    PATH: '/box',
    GCONV_PATH: '/box',
    HOTCELL_LAUNCHER: '/box/launcher',
    HOTCELL_HOME: '/box',
  };
  test('variables of a job are the program’s and nobody else’s', async () => {
    const job = programJob('print-environment', [], { env: HOSTILE });
    const handle = cell.hotcell.start({ ...programJob('sleep-for', [300]), env: HOSTILE });
    const outcome = await cell.run(job);
    expect(ending(outcome)).toEqual(exited(0));
    expect(lines(outcome)).toEqual(
      expect.arrayContaining(['env LD_PRELOAD=/box/preload.so', 'env PATH=/box']),
    );
    const ours = sandboxProcesses().filter(({ name }) => name.startsWith('hotcell'));
    expect(ours.length).toBeGreaterThan(0);
    for (const { pid } of ours) {
      const environment = readIfThere(`/proc/${pid}/environ`);
      expect(environment).not.toContain('/box');
    }
    expect(ending(await handle.outcome)).toEqual(exited(0));
  });

  function readIfThere(path: string): string {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      return '';
    }
  }
});

describe('A12', () => {
  test('a grandchild that keeps the output open neither delays the result nor lives on', async () => {
    const script = '(setsid sh -c "trap \'\' HUP TERM; while :; do sleep 600; done" &) ; echo done';
    const outcome = await cell.run({ command: ['/bin/sh', '-c', script], limits: { wallTime: '20s' } });
    expect(ending(outcome)).toEqual(exited(0));
    expect(text(outcome.stdout)).toBe('done\n');
    expect(outcome.metrics.wallMs).toBeLessThan(10_000);
    expect(sandboxProcesses().filter(({ name }) => name === 'sleep' || name === 'sh')).toEqual([]);
  });
});

describe('A16', () => {
  const file = (content: string, mode: string) => ({ x: { content, mode } });
  const WRONG: readonly [string, JobInput][] = [
    ['a directory', { command: ['/usr'] }],
    ['an empty file', { command: ['./x'], files: file('', '0755') }],
    ['a script without its interpreter', { command: ['./x'], files: file('#!/nowhere/at/all\n', '0755') }],
    ['a script that is its own interpreter', { command: ['./x'], files: file('#!./x\n', '0755') }],
    ['a file without x', { command: ['./x'], files: file('#!/bin/sh\n', '0644') }],
    ['half an ELF header', { command: ['./x'], files: file('\x7fELF\x02\x01\x01', '0755') }],
    ['a device', { command: ['/dev/null'] }],
    ['a name of 256 bytes', { command: [`./${'n'.repeat(256)}`] }],
    ['a path of 5,000 bytes', { command: [`/${'p/'.repeat(2500)}`] }],
    ['what is not there', { command: ['./x'] }],
  ];
  test.each(WRONG)('%s is a start that failed, and says so', async (_, job) => {
    const found = await runOrRefusal(job);
    if (!isOutcome(found)) return;
    expect(found.status).toBe('start-failed');
    expect(found.message).toBeTruthy();
    expect(text(found.stdout)).toBe('');
  });

  test('an argument list larger than the kernel takes is refused or a start that failed', async () => {
    const found = await runOrRefusal({
      command: ['/bin/true', ...Array.from({ length: 64 }, () => 'x'.repeat(120_000))],
    });
    if (isOutcome(found)) expect(found.status).toBe('start-failed');
  });

  test('a binary that is open for writing is busy', async () => {
    const script = 'cp /bin/true x; exec 9>>x; ./x; echo $?';
    const outcome = await cell.run({ command: ['/bin/sh', '-c', script] });
    expect(text(outcome.stdout)).toBe('126\n');
  });
});
