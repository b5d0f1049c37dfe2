import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { program } from '../../support/programs.js';
import { finished, printed, processesWith, type Running, start } from './support.js';

/** An argument that no other process of the machine has, to see whether anything is left. */
const mark = (): string => `hotcell-mark-${process.pid}-${performance.now()}`;

async function stopped(child: Running): Promise<{ code: number | null; out: string; err: string }> {
  const { code, stdout, stderr } = await finished(child);
  return { code, out: stdout.toString(), err: stderr };
}

function pending(pid: number | undefined): boolean {
  const mask = /^ShdPnd:\s*(\S+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals.SIGINT - 1)) & 1n) === 1n;
}

const trap = (name: string, code: number): string =>
  `trap 'echo got ${name}; exit ${code}' ${name}; echo ready; sleep 20 & wait`;

describe('Ctrl-C', () => {
  it('once is passed to the program, which may do as it likes', async () => {
    const child = start(['run', 'sh', '-c', trap('INT', 7)]);
    await printed(child, 'ready\n');
    child.kill('SIGINT');
    expect(await stopped(child)).toEqual({ code: 7, out: 'got INT\n', err: '' });
  });

  it('once ends a program that does nothing about it', async () => {
    const child = start(['run', 'sh', '-c', 'echo ready; exec sleep 20']);
    await printed(child, 'ready\n');
    child.kill('SIGINT');
    expect(await stopped(child)).toEqual({ code: 130, out: '', err: 'hotcell: killed: signal SIGINT\n' });
  });

  it('twice ends one that ignores it, and nothing is left', async () => {
    const word = mark();
    const child = start(['run', program('ignore-signals'), word]);
    await printed(child, 'ready\n');
    expect(processesWith(word).length).toBeGreaterThan(0);
    child.kill('SIGINT');
    // The kernel merges a second one with a first that still waits; and a third may come when nobody handles it any more.
    await vi.waitFor(() => expect(pending(child.pid)).toBe(false));
    child.kill('SIGINT');
    const result = await stopped(child);
    expect(result).toEqual({ code: 130, out: '', err: 'hotcell: killed: cancelled by SIGINT\n' });
    expect(processesWith(word)).toEqual([]);
  });
});

describe('signals that mean nothing to Hotcell', () => {
  it.each(['USR1', 'USR2'])('SIG%s is passed to the program', async (name) => {
    const child = start(['run', 'sh', '-c', trap(name, 7)]);
    await printed(child, 'ready\n');
    child.kill(`SIG${name}` as NodeJS.Signals);
    expect(await stopped(child)).toEqual({ code: 7, out: `got ${name}\n`, err: '' });
  });
});

describe('signals for Hotcell itself', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends the run at once, and nothing is left', async (signal, code) => {
    const word = mark();
    const child = start(['run', program('ignore-signals'), word]);
    await printed(child, 'ready\n');
    child.kill(signal);
    expect(await stopped(child)).toEqual({ code, out: '', err: `hotcell: killed: cancelled by ${signal}\n` });
    expect(processesWith(word)).toEqual([]);
  });

  it('are heard while the reader of stdout stands still', async () => {
    const word = mark();
    const child = start(['run', '--output-limit', 'none', program('flood-stdout'), word]);
    await once(child.stdout, 'readable');
    child.kill('SIGTERM');
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    // The bytes that nobody reads are still in the way of an ordinary exit, so that the signal itself has to end it.
    expect(code ?? signal).toBe(signal === null ? 143 : 'SIGTERM');
    expect(processesWith(word)).toEqual([]);
  });
});
