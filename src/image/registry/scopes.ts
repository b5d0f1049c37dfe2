import type { RegistryReference } from './model.js';

/**
 * What a token is asked for. Always what we need, never what the registry says that we do: else it could have us fetch a
 * token for something else of ours and hand it over.
 */
export const pullScopes = ({ repository }: RegistryReference): readonly string[] => [
  `repository:${repository}:pull`,
];

export function pushScopes({ repository }: RegistryReference, mountFrom?: string): readonly string[] {
  const own = `repository:${repository}:pull,push`;
  return mountFrom === undefined ? [own] : [own, `repository:${mountFrom}:pull`];
}
