/** What a worker is told to do. Plain data: it crosses to another thread by structured clone. */
import type { Build, Case } from '../spec/index.js';
import type { RunOptions } from './run-job.js';

/** An output of a build, saved on the host to be put into the sandbox of every program that uses the build. */
export interface BuiltFile {
  /** Absolute in the sandbox, or relative to the workdir; as the build's `outputs` say it. */
  readonly dest: string;
  /** On the host, absolute. */
  readonly path: string;
  readonly mode: number;
}

export interface CaseTask {
  /** Name of the suite. */
  readonly suite: string;
  readonly case: Case;
  /** By the build's id: those of the program, the checker and the interactor. */
  readonly built: Readonly<Record<string, readonly BuiltFile[]>>;
  /** From 1. */
  readonly attempt: number;
  /** From 1. */
  readonly repeat: number;
  /** True unless said otherwise. */
  readonly final?: boolean | undefined;
  /** How much of each stream the outcome keeps; 64 KiB unless said otherwise. What is compared is everything. */
  readonly captureBytes?: number | undefined;
}

export interface BuildTask {
  readonly suite: string;
  readonly build: Build;
  /** Absolute; is there, and nobody else can write to it. What is built is saved in a new directory in it. */
  readonly directory: string;
  readonly captureBytes?: number | undefined;
}

/** Of the options of a run those that a task leaves to its caller: cancelling, and watching. */
export type TaskOptions = Omit<RunOptions, 'onStdout' | 'onStderr' | 'onOutput' | 'stdin' | 'capture'>;

export const DEFAULT_CAPTURE_BYTES = 64 * 1024;
