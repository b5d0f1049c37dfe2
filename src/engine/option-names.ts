/** The options that running knows, to refuse all others. */
import type { OptionNames } from '../core/index.js';
import type { RunOptions } from '../worker/index.js';
import type { SuiteRunOptions } from './suites/options.js';

export const RUN_OPTIONS: OptionNames<RunOptions> = {
  signal: true,
  onStdout: true,
  onStderr: true,
  onOutput: true,
  sampleIntervalMs: true,
  onSample: true,
  stdin: true,
  capture: true,
  traceSystemCalls: true,
};

export const SUITE_RUN_OPTIONS: OptionNames<SuiteRunOptions> = {
  filter: true,
  shard: true,
  repeat: true,
  reporters: true,
  checkers: true,
  signal: true,
  stop: true,
  retries: true,
  bail: true,
  timeoutMs: true,
  workers: true,
  budget: true,
  captureBytes: true,
  sampleIntervalMs: true,
  done: true,
  onEvent: true,
};
