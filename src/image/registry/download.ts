import { createHash } from 'node:crypto';
import { formatBytes } from '../../core/index.js';
import { openBlob } from './blob-range.js';
import { RegistryFault } from './fault.js';
import type { BlobDescriptor, RegistryReference } from './model.js';
import { waitToRetry } from './retry.js';
import type { Session } from './session.js';
import { transportFault } from './transport-fault.js';

/** This much brought by a connection makes up for its breaking; less would let a server keep us for ever. */
const REDEEMING_BYTES = 1024 * 1024;

export interface Download {
  readonly ref: RegistryReference;
  readonly blob: BlobDescriptor;
  readonly report: (current: number) => void;
}

/** Of one blob: how far we are, and what of it. */
interface State {
  readonly hash: ReturnType<typeof createHash>;
  offset: number;
}

/** The bytes of one connection, from where the last one broke. */
async function* fromOneConnection(
  session: Session,
  { ref, blob, report }: Download,
  state: State,
): AsyncGenerator<Uint8Array> {
  const { host, body } = await openBlob(session, ref, { blob, offset: state.offset });
  try {
    for await (const chunk of body) {
      state.offset += chunk.length;
      if (state.offset > blob.size) {
        throw new RegistryFault({ host, problem: `sent more than the ${blob.size} bytes of ${blob.digest}` });
      }
      state.hash.update(chunk);
      report(state.offset);
      yield chunk;
    }
  } catch (error) {
    session.retryTools.signal.throwIfAborted();
    throw transportFault(error, host);
  }
  if (state.offset < blob.size) {
    const problem = `sent ${formatBytes(state.offset)} of the ${formatBytes(blob.size)} of ${blob.digest}`;
    throw new RegistryFault({ host, problem, transient: true });
  }
}

/**
 * A blob's bytes, resumed as often as a connection breaks after some progress. Good only when the iteration ends without
 * an error.
 */
export async function* download(session: Session, task: Download): AsyncGenerator<Uint8Array> {
  const state: State = { hash: createHash('sha256'), offset: 0 };
  let failures = 0;
  for (;;) {
    const startOffset = state.offset;
    try {
      yield* fromOneConnection(session, task, state);
      break;
    } catch (error) {
      if (!(error instanceof RegistryFault)) throw error;
      failures = state.offset - startOffset >= REDEEMING_BYTES ? 1 : failures + 1;
      await waitToRetry(error, failures, session.retryTools);
    }
  }
  const actual = `sha256:${state.hash.digest('hex')}`;
  if (actual === task.blob.digest) return;
  const problem = `sent bytes for ${task.blob.digest} whose digest is ${actual}`;
  throw new RegistryFault({
    host: session.host,
    problem,
    hint: 'try again; if it stays so, the registry or a proxy is broken',
  });
}
