/** What most that is done with images does not need, and takes longer to load than everything else together. */
import type { RegistryClient, RegistryOptions } from './registry/index.js';

export async function openRegistryClient(options: RegistryOptions): Promise<RegistryClient> {
  const { createRegistryClient } = await import('./registry/index.js');
  return createRegistryClient(options);
}
