import { describe, expect, it } from 'vitest';
import type { HandledSignal } from '../../../../src/cli/io/io.js';
import { Interrupts } from '../../../../src/cli/run/interrupts.js';

describe('what a signal means', () => {
  const cases: readonly [signals: HandledSignal[], reactions: string[], killedBy: string | undefined][] = [
    [['SIGINT'], ['forward'], undefined],
    [['SIGINT', 'SIGINT'], ['forward', 'kill'], 'SIGINT'],
    [['SIGINT', 'SIGINT', 'SIGINT'], ['forward', 'kill', 'leave'], 'SIGINT'],
    [['SIGQUIT', 'SIGINT'], ['forward', 'kill'], 'SIGINT'],
    [['SIGTERM'], ['kill'], 'SIGTERM'],
    [['SIGHUP'], ['kill'], 'SIGHUP'],
    [['SIGINT', 'SIGTERM'], ['forward', 'kill'], 'SIGTERM'],
    [['SIGTERM', 'SIGINT'], ['kill', 'leave'], 'SIGTERM'],
  ];

  it.each(cases)('%j', (signals, reactions, killedBy) => {
    const interrupts = new Interrupts();
    expect(signals.map((signal) => interrupts.react(signal))).toEqual(reactions);
    expect(interrupts.killedBy).toBe(killedBy);
  });

  it.each<[HandledSignal[], string[], string | undefined]>([
    [['SIGTERM'], ['stop'], undefined],
    [['SIGTERM', 'SIGTERM', 'SIGTERM'], ['stop', 'kill', 'leave'], 'SIGTERM'],
    [['SIGHUP', 'SIGINT'], ['stop', 'kill'], 'SIGINT'],
    [['SIGINT', 'SIGTERM'], ['forward', 'kill'], 'SIGTERM'],
  ])('%j, where the program has a stop signal', (signals, reactions, killedBy) => {
    const interrupts = new Interrupts(true);
    expect(signals.map((signal) => interrupts.react(signal))).toEqual(reactions);
    expect(interrupts.killedBy).toBe(killedBy);
  });
});
