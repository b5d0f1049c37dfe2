import { blobExists } from './blob-exists.js';
import { checkDigestHeader } from './digest.js';
import { RegistryFault } from './fault.js';
import type { RequestHeaders } from './http.js';
import type { PushResult } from './model.js';
import { MAX_ATTEMPTS, waitToRetry } from './retry.js';
import { pushScopes } from './scopes.js';
import type { Session } from './session.js';
import { partBody } from './upload-part.js';
import { bytesThere, closing, uploadPlace } from './upload-place.js';
import { begin, start, type Upload, type UploadState } from './upload-start.js';

/** Up to this, a blob goes along with the request that closes its upload: one round trip less. */
const SMALL_BYTES = 1024 * 1024;

/** Which part of the blob a body is; a whole one needs no words, and some registries take none. */
function partHeaders(offset: number, bytes: number, size: number): RequestHeaders {
  const range = { 'content-range': `${offset}-${offset + bytes - 1}` };
  return { 'content-type': 'application/octet-stream', ...(bytes === size || bytes === 0 ? {} : range) };
}

async function patch(
  session: Session,
  task: Upload,
  { place, offset, chunk }: UploadState,
): Promise<UploadState> {
  const { ref, blob, source, report } = task;
  const bytes = Math.min(chunk, blob.size - offset);
  const response = await session.call({
    method: 'PATCH',
    to: place,
    scopes: pushScopes(ref),
    headers: partHeaders(offset, bytes, blob.size),
    body: partBody({ blob, source, offset, bytes, report }),
    expect: [200, 201, 202, 204],
    retry: false,
  });
  await response.discard();
  const there = bytesThere(response, offset + bytes);
  if (there > blob.size || there <= offset) {
    const problem = `says that it has ${there} bytes after it was sent those up to ${offset + bytes}`;
    throw new RegistryFault({ host: response.url.host, problem });
  }
  return { place: await uploadPlace(session.policy, response), offset: there, chunk };
}

async function close(session: Session, task: Upload, { place, offset }: UploadState): Promise<void> {
  const { ref, blob, source, report } = task;
  const bytes = blob.size - offset;
  const response = await session.call({
    method: 'PUT',
    to: closing(place, blob.digest),
    scopes: pushScopes(ref),
    headers: partHeaders(offset, bytes, blob.size),
    body: partBody({ blob, source, offset, bytes, report }),
    expect: [200, 201, 204],
    retry: false,
    patient: true,
  });
  await response.discard();
  checkDigestHeader(response, blob.digest);
}

/** How far an upload is whose connection broke: the registry knows, or else it begins anew. */
async function recover(session: Session, task: Upload, state: UploadState): Promise<UploadState> {
  const call = { method: 'GET', to: state.place, scopes: pushScopes(task.ref), expect: [204] } as const;
  try {
    const response = await session.call(call);
    await response.discard();
    const offset = bytesThere(response, 0);
    if (offset <= task.blob.size) {
      return { place: await uploadPlace(session.policy, response), offset, chunk: state.chunk };
    }
  } catch (error) {
    if (!(error instanceof RegistryFault)) throw error;
  }
  return begin(session, task);
}

/** An upload that the registry has forgotten, or has other bytes of, can begin anew. */
const recoverable = (fault: RegistryFault): boolean =>
  fault.transient || fault.status === 404 || fault.status === 416;

async function sendRest(
  session: Session,
  task: Upload,
  from: UploadState,
  onPart: (state: UploadState) => void,
): Promise<void> {
  let state = from;
  while (task.blob.size - state.offset > (state.chunk < task.blob.size ? 0 : SMALL_BYTES)) {
    state = await patch(session, task, state);
    onPart(state);
  }
  await close(session, task, state);
}

async function send(session: Session, task: Upload, first: UploadState): Promise<void> {
  let state = first;
  for (let failures = 1; ; failures++) {
    const startOffset = state.offset;
    try {
      await sendRest(session, task, state, (next) => {
        state = next;
      });
      return;
    } catch (error) {
      if (!(error instanceof RegistryFault) || !recoverable(error) || failures >= MAX_ATTEMPTS) throw error;
      if (state.offset > startOffset) failures = 1;
      await waitToRetry(asTransient(error), failures, session.retryTools);
    }
    // The answer may have been lost, not the blob.
    if (await blobExists(session, { ...task, scopes: pushScopes(task.ref) })) return;
    state = await recover(session, task, state);
  }
}

function asTransient({ host, problem, hint, status, retryAfterMs, cause }: RegistryFault): RegistryFault {
  return new RegistryFault({ host, problem, hint, status, retryAfterMs, cause, transient: true });
}

/** Brings a blob to a registry, unless it is there. */
export async function upload(session: Session, task: Upload): Promise<PushResult> {
  const { ref, mountFrom } = task;
  if (await blobExists(session, { ...task, scopes: pushScopes(ref) })) return 'exists';
  const started = await start(
    session,
    mountFrom === ref.repository ? { ...task, mountFrom: undefined } : task,
  );
  if (started === 'mounted') return 'mounted';
  await send(session, task, started);
  return 'pushed';
}
