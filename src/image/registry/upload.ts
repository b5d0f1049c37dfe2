import { checkDigestHeader } from './digest.js';
import { RegistryFault } from './fault.js';
import { type HttpResponse, lengthOf } from './http.js';
import type { BlobDescriptor, BlobSource, PushResult, RegistryReference } from './model.js';
import type { Target } from './policy.js';
import { MAX_ATTEMPTS, waitToRetry } from './retry.js';
import { pullScopes, pushScopes } from './scopes.js';
import type { Session } from './session.js';
import { partBody } from './upload-part.js';
import { bytesThere, chunkBytes, closing, uploadPlace } from './upload-place.js';

/** Up to this, a blob goes along with the request that closes its upload: one round trip less. */
const SMALL_BYTES = 1024 * 1024;

export interface Upload {
  readonly ref: RegistryReference;
  readonly blob: BlobDescriptor;
  readonly source: BlobSource;
  readonly mountFrom: string | undefined;
  /** Bytes of a PATCH; undefined for the whole blob in one. */
  readonly chunkBytes: number | undefined;
  readonly report: (current: number) => void;
}

/** An upload under way. */
interface State {
  readonly place: Target;
  readonly offset: number;
  readonly chunk: number;
}

/** @throws RegistryFault also when the registry has the blob with another size */
export async function blobExists(
  session: Session,
  {
    ref,
    blob,
    scopes = pullScopes(ref),
  }: { ref: RegistryReference; blob: BlobDescriptor; scopes?: readonly string[] },
): Promise<boolean> {
  const to = `${ref.repository}/blobs/${blob.digest}`;
  const response = await session.call({ method: 'HEAD', to, scopes, expect: [200, 404] });
  await response.discard();
  if (response.status === 404) return false;
  const length = lengthOf(response);
  // A redirected HEAD may know no length, and some storage answers 0.
  if (length === undefined || length === 0 || length === blob.size) return true;
  const problem = `has ${blob.digest} with ${length} bytes, not ${blob.size}`;
  throw new RegistryFault({ host: response.url.host, problem });
}

async function begun(
  session: Session,
  { chunkBytes: wanted }: Upload,
  response: HttpResponse,
): Promise<State> {
  const place = await uploadPlace(session.policy, response);
  await response.discard();
  return { place, offset: 0, chunk: chunkBytes(response, wanted) };
}

async function begin(session: Session, task: Upload): Promise<State> {
  const to = `${task.ref.repository}/blobs/uploads/`;
  const call = { method: 'POST', to, scopes: pushScopes(task.ref), expect: [202] } as const;
  return begun(session, task, await session.call(call));
}

/** Asks the registry to take the blob from another repository of its own; it may also just begin an upload. */
async function mount(session: Session, task: Upload, from: string): Promise<State | 'mounted'> {
  const { ref, blob } = task;
  const query = new URLSearchParams({ mount: blob.digest, from });
  const response = await session.call({
    method: 'POST',
    to: `${ref.repository}/blobs/uploads/?${query.toString()}`,
    scopes: pushScopes(ref, from),
    expect: [201, 202],
  });
  if (response.status === 202) return begun(session, task, response);
  await response.discard();
  checkDigestHeader(response, blob.digest);
  return 'mounted';
}

async function start(session: Session, task: Upload): Promise<State | 'mounted'> {
  if (task.mountFrom === undefined) return begin(session, task);
  try {
    return await mount(session, task, task.mountFrom);
  } catch (error) {
    // Who may push here need not be allowed to read there.
    const denied = error instanceof RegistryFault && (error.status === 401 || error.status === 403);
    if (!denied) throw error;
    return begin(session, task);
  }
}

async function patch(session: Session, task: Upload, { place, offset, chunk }: State): Promise<State> {
  const { ref, blob, source, report } = task;
  const bytes = Math.min(chunk, blob.size - offset);
  const whole = bytes === blob.size;
  const response = await session.call({
    method: 'PATCH',
    to: place,
    scopes: pushScopes(ref),
    headers: {
      'content-type': 'application/octet-stream',
      ...(whole ? {} : { 'content-range': `${offset}-${offset + bytes - 1}` }),
    },
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

async function close(session: Session, task: Upload, { place, offset }: State): Promise<void> {
  const { ref, blob, source, report } = task;
  const response = await session.call({
    method: 'PUT',
    to: closing(place, blob.digest),
    scopes: pushScopes(ref),
    headers: { 'content-type': 'application/octet-stream' },
    body: partBody({ blob, source, offset, bytes: blob.size - offset, report }),
    expect: [200, 201, 204],
    retry: false,
  });
  await response.discard();
  checkDigestHeader(response, blob.digest);
}

/** How far an upload is whose connection broke: the registry knows, or else it begins anew. */
async function recover(session: Session, task: Upload, state: State): Promise<State> {
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
  from: State,
  onPart: (state: State) => void,
): Promise<void> {
  let state = from;
  while (task.blob.size - state.offset > (state.chunk < task.blob.size ? 0 : SMALL_BYTES)) {
    state = await patch(session, task, state);
    onPart(state);
  }
  await close(session, task, state);
}

async function send(session: Session, task: Upload, first: State): Promise<void> {
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
