/** What the main thread and the threads that unpack layers say to each other. Plain data: it is cloned. */
import type { MessagePort } from 'node:worker_threads';
import { ERROR_CODES, HotcellError } from '../../core/index.js';
import type { LayerDone, LayerJob, LayerProgress } from '../../image/index.js';

/** Where the thread finds what it needs of the main thread. */
export interface LauncherPlace {
  /** Of the main thread's launcher. */
  readonly address: string;
  /** The launcher's binary, which the tree writer is part of. */
  readonly launcherPath: string;
}

export interface LayerRequest {
  readonly launcher: LauncherPlace;
  readonly job: LayerJob;
  /** For progress, and to be told that it is called off. */
  readonly port: MessagePort;
}

/** To the thread. */
export type Told = 'cancel';

/** From the thread, on the way. */
export type Notice = LayerProgress;

export interface Fault {
  readonly code: string | null;
  readonly message: string;
  readonly hint: string | undefined;
}

export type LayerAnswer = { readonly done: LayerDone } | { readonly fault: Fault };

export function faultOf(error: unknown): Fault {
  const { code = null, hint } = error instanceof HotcellError ? error : { hint: undefined };
  return { code, message: error instanceof Error ? error.message : String(error), hint };
}

export function errorOf({ code, message, hint }: Fault): HotcellError {
  return new HotcellError({ code: ERROR_CODES.find((known) => known === code) ?? 'internal', message, hint });
}
