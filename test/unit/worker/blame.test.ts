import { describe, expect, test } from 'vitest';
import type { Judgement } from '../../../src/judge/index.js';
import { type Outcome, STATUSES, type Status } from '../../../src/spec/index.js';
import { judgeDialogue } from '../../../src/worker/blame.js';
import type { Dialogue, Side } from '../../../src/worker/interactor.js';
import { rulingOf } from '../../../src/worker/serving.js';

const outcome = (status: Status, exitCode: number | null = null): Outcome =>
  ({ status, exitCode, message: null }) as Outcome;

const passed: Judgement = { verdict: 'passed', failures: [], differences: [] };
const failed: Judgement = { verdict: 'failed', failures: ['bad'], differences: [] };

interface Given {
  readonly judged?: Judgement;
  readonly program?: Status;
  readonly interactor?: Outcome;
  readonly endedFirst?: Side;
  readonly spokeLast?: Side | null;
}

function verdict({
  judged = passed,
  program = 'ok',
  interactor = outcome('ok', 0),
  endedFirst = 'program',
  spokeLast = 'program',
}: Given) {
  const dialogue: Dialogue = { program: outcome(program), interactor, endedFirst, spokeLast };
  return judgeDialogue(dialogue, judged, rulingOf('interactor', interactor, Buffer.alloc(0)));
}

const SIDES: readonly Side[] = ['program', 'interactor'];

describe('a dialogue', () => {
  test('passes only when both came to a good end', () => {
    for (const endedFirst of SIDES) {
      expect(verdict({ endedFirst }).verdict).toBe('passed');
      for (const status of STATUSES.filter((name) => name !== 'ok')) {
        expect(verdict({ endedFirst, interactor: outcome(status) }).verdict, status).not.toBe('passed');
      }
      expect(verdict({ endedFirst, judged: failed }).verdict).toBe('failed');
    }
  });

  test('is wrong when the interactor says so by exit code 1, and by no other', () => {
    for (const endedFirst of SIDES) {
      expect(verdict({ endedFirst, interactor: outcome('nonzero-exit', 1) })).toMatchObject({
        verdict: 'failed',
        failures: ['interactor: exit code 1'],
        error: null,
      });
      for (const exitCode of [2, 3, 127, 255])
        expect(verdict({ endedFirst, interactor: outcome('nonzero-exit', exitCode) })).toMatchObject({
          verdict: 'error',
          failures: [],
          error: `the interactor broke: exit code ${exitCode}`,
        });
    }
  });

  test('blames a program that ended badly before its interactor broke, else the interactor', () => {
    const broken = { judged: failed, program: 'signaled', interactor: outcome('signaled') } as const;
    expect(verdict({ ...broken, endedFirst: 'program' })).toMatchObject({
      verdict: 'failed',
      failures: ['bad'],
    });
    expect(verdict({ ...broken, endedFirst: 'interactor' })).toMatchObject({
      verdict: 'error',
      failures: [],
    });
    expect(verdict({ ...broken, judged: passed, program: 'ok' }).verdict).toBe('error');
  });

  test('blames the one whose turn it was when the wall time ran out', () => {
    const programs = { judged: failed, program: 'wall-time-exceeded', endedFirst: 'program' } as const;
    const interactor = outcome('wall-time-exceeded');
    for (const status of ['wall-time-exceeded', 'cpu-time-exceeded', 'memory-exceeded'] as const)
      expect(verdict({ ...programs, spokeLast: 'program', interactor: outcome(status) })).toMatchObject({
        verdict: 'error',
        error: expect.stringContaining('the interactor was silent'),
      });
    expect(verdict({ ...programs, spokeLast: 'interactor' }).verdict).toBe('failed');
    expect(verdict({ ...programs, spokeLast: null }).verdict).toBe('failed');
    expect(verdict({ interactor, endedFirst: 'interactor', spokeLast: 'interactor' })).toMatchObject({
      verdict: 'failed',
      failures: [expect.stringContaining('the program was silent')],
    });
    expect(verdict({ interactor, endedFirst: 'interactor', spokeLast: 'program' }).verdict).toBe('error');
    expect(verdict({ interactor, endedFirst: 'interactor', spokeLast: null }).verdict).toBe('error');
  });

  test('blames a program that spoke last and slept when its interactor had been listening', () => {
    const slept = { judged: failed, program: 'wall-time-exceeded', spokeLast: 'program' } as const;
    const endings = [outcome('ok', 0), outcome('nonzero-exit', 2), outcome('signaled')];
    for (const interactor of endings)
      expect(verdict({ ...slept, interactor })).toEqual({ ...failed, error: null });
    expect(verdict({ ...slept, interactor: outcome('nonzero-exit', 1) })).toMatchObject({
      verdict: 'failed',
      failures: ['bad', 'interactor: exit code 1'],
    });
  });

  test('that was cancelled is skipped, and one that was never tried stays an error', () => {
    expect(verdict({ interactor: outcome('cancelled') }).verdict).toBe('skipped');
    const skipped: Judgement = { verdict: 'skipped', failures: [], differences: [] };
    expect(verdict({ judged: skipped, interactor: outcome('signaled') }).verdict).toBe('skipped');
    const error: Judgement = { verdict: 'error', failures: [], differences: [] };
    expect(verdict({ judged: error, interactor: outcome('nonzero-exit', 1) })).toMatchObject({
      verdict: 'error',
      failures: [],
    });
  });
});

describe('what a checker says', () => {
  const said = (text: string): string => {
    const ruling = rulingOf('checker', outcome('nonzero-exit', 1), Buffer.from(text));
    return 'reason' in ruling ? ruling.reason : ruling.kind;
  };

  test('keeps its lines', () => {
    expect(said('\n  expected 3\r\n  got 4  \n\n')).toBe('checker: expected 3\n  got 4');
    expect(said('zürich\u001b[31m\n日本')).toBe('checker: zürich\\u{1b}[31m\n日本');
  });

  test('is bounded in lines and in length', () => {
    expect(said('x\n'.repeat(1000)).split('\n')).toEqual(['checker: x', ...Array(19).fill('x'), '…']);
    expect(said('x'.repeat(100_000)).length).toBeLessThan(1100);
    expect(said(`${'y'.repeat(5000)}\n`.repeat(100)).length).toBeLessThan(9000);
  });

  test('is one line when it broke', () => {
    const ruling = rulingOf('checker', outcome('nonzero-exit', 3), Buffer.from('a\nb'));
    expect(ruling).toEqual({ kind: 'broken', reason: 'the checker broke: exit code 3: a⏎b' });
  });
});
