/** Names of images as people write them, as far as messages are about their parts. Whether they are right says the store. */

export interface NameParts {
  /** Without tag and digest. */
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

export function namePartsOf(name: string): NameParts {
  const [rest = '', digest = null] = name.split('@', 2);
  const at = rest.lastIndexOf(':');
  // The colon of `localhost:5000/x` begins no tag.
  const hasTag = at > rest.lastIndexOf('/');
  return {
    repository: hasTag ? rest.slice(0, at) : rest,
    tag: hasTag ? rest.slice(at + 1) : null,
    digest,
  };
}

const DEFAULT_REGISTRY = 'docker.io';
const DEFAULT_TAG = 'latest';

/** A first part that is no host's name is one of the default registry's. */
const isHost = (part: string): boolean => /[.:]|^localhost$/.test(part);

/** `docker.io` and `library/alpine` for `alpine`. */
function registryAndPath(repository: string): [registry: string, path: string] {
  const [first = '', ...others] = repository.split('/');
  const isWhole = others.length > 0 && isHost(first);
  const registry = isWhole ? first : DEFAULT_REGISTRY;
  const path = isWhole ? others.join('/') : repository;
  return [registry, registry === DEFAULT_REGISTRY && !path.includes('/') ? `library/${path}` : path];
}

const usingDefault = ({ tag, digest }: NameParts): string[] =>
  tag === null && digest === null ? [`Using default tag: ${DEFAULT_TAG}`] : [];

/** What docker says before the first layer is pulled. */
export function pullHead(name: string): string[] {
  const parts = namePartsOf(name);
  const [, path] = registryAndPath(parts.repository);
  const which = parts.digest ?? parts.tag ?? DEFAULT_TAG;
  return [...usingDefault(parts), `${which}: Pulling from ${path}`];
}

/** What docker says before the first layer is pushed. */
export function pushHead(name: string): string[] {
  const parts = namePartsOf(name);
  const [registry, path] = registryAndPath(parts.repository);
  return [...usingDefault(parts), `The push refers to repository [${registry}/${path}]`];
}

export const tagOf = (name: string): string => namePartsOf(name).tag ?? DEFAULT_TAG;

/** The name with the tag that it means. */
export function withTag(name: string): string {
  const { tag, digest } = namePartsOf(name);
  return tag === null && digest === null ? `${name}:${DEFAULT_TAG}` : name;
}
