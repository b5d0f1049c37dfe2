import { HotcellError } from '../../core/index.js';
import type { RegistryReference } from './model.js';

export interface FaultInit {
  /** Host, with port, of whoever is at fault. */
  readonly host: string;
  /** What it did, as the rest of a sentence that begins with the host. */
  readonly problem: string;
  readonly hint?: string | undefined;
  /** The HTTP status, when there was an answer. */
  readonly status?: number | undefined;
  /** Whether the same request may succeed a little later. */
  readonly transient?: boolean | undefined;
  /** How long the server asks to wait before that. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** Something that a registry, or a host that it sent us to, did wrong; not yet tied to the reference asked for. */
export class RegistryFault extends Error {
  readonly host: string;
  readonly problem: string;
  readonly hint: string | undefined;
  readonly status: number | undefined;
  readonly transient: boolean;
  readonly retryAfterMs: number | undefined;

  constructor({ host, problem, hint, status, transient, retryAfterMs, cause }: FaultInit) {
    super(`${host} ${problem}`, cause === undefined ? undefined : { cause });
    this.host = host;
    this.problem = problem;
    this.hint = hint;
    this.status = status;
    this.transient = transient ?? false;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The reference as people write it: `docker.io/library/alpine:latest`. */
export function referenceText({ domain, repository, tag, digest }: RegistryReference): string {
  const end = digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`;
  return `${domain}/${repository}${end}`;
}

/** The error for users; anything that is no fault of a registry stays what it is. */
export function explain(ref: RegistryReference, error: unknown): unknown {
  if (!(error instanceof RegistryFault)) return error;
  const message = `${referenceText(ref)}: ${error.message}`;
  return new HotcellError({ code: 'registry', message, hint: error.hint, cause: error.cause });
}
