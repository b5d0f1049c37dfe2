import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { setTimeout } from 'node:timers/promises';
import { type Clock, systemClock } from '../../core/index.js';
import type { Fetcher } from './http.js';

/** What the client uses of the machine, so that tests can bring their own. */
export interface Internals {
  readonly clock: Clock;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 up to, without, 1. */
  readonly random: () => number;
  readonly lookup: (hostname: string) => Promise<readonly LookupAddress[]>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** In place of connections of its own. */
  readonly fetcher?: Fetcher | undefined;
}

export const systemInternals: Internals = {
  clock: systemClock,
  wait: async (ms, signal) => {
    await setTimeout(ms, undefined, { signal });
  },
  random: Math.random,
  lookup: (hostname) => lookup(hostname, { all: true }),
  env: process.env,
};
