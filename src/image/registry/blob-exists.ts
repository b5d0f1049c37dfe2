import { RegistryFault } from './fault.js';
import { lengthOf } from './http.js';
import type { BlobDescriptor, RegistryReference } from './model.js';
import { pullScopes } from './scopes.js';
import type { Session } from './session.js';

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
