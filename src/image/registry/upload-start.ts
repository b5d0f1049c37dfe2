import { checkDigestHeader } from './digest.js';
import { RegistryFault } from './fault.js';
import type { HttpResponse } from './http.js';
import type { BlobDescriptor, BlobSource, RegistryReference } from './model.js';
import type { Target } from './policy.js';
import { pushScopes } from './scopes.js';
import type { Session } from './session.js';
import { chunkBytes, uploadPlace } from './upload-place.js';

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
export interface UploadState {
  readonly place: Target;
  readonly offset: number;
  readonly chunk: number;
}

async function begun(
  session: Session,
  { chunkBytes: wanted }: Upload,
  response: HttpResponse,
): Promise<UploadState> {
  const place = await uploadPlace(session.policy, response);
  await response.discard();
  return { place, offset: 0, chunk: chunkBytes(response, wanted) };
}

export async function begin(session: Session, task: Upload): Promise<UploadState> {
  const to = `${task.ref.repository}/blobs/uploads/`;
  const call = { method: 'POST', to, scopes: pushScopes(task.ref), expect: [202] } as const;
  return begun(session, task, await session.call(call));
}

/** Asks the registry to take the blob from another repository of its own; it may also just begin an upload. */
async function mount(session: Session, task: Upload, from: string): Promise<UploadState | 'mounted'> {
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

/** Begins an upload, unless the blob can be had from the repository to mount from. */
export async function start(session: Session, task: Upload): Promise<UploadState | 'mounted'> {
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
