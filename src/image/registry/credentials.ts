import { quote } from '../../core/index.js';
import { askHelper } from './credential-helper.js';
import { type AuthEntry, type DockerConfig, readDockerConfig } from './docker-config.js';
import { HUB_KEY, isHub } from './endpoint.js';
import { RegistryFault } from './fault.js';
import { ANONYMOUS, type Credentials } from './login.js';

/** Under which keys docker and its like keep the login of a host, the usual one first. */
function keysOf(domain: string): readonly string[] {
  if (isHub(domain)) return [HUB_KEY, 'docker.io', 'index.docker.io', 'registry-1.docker.io'];
  const urls = ['', 'https://', 'http://'].map((scheme) => `${scheme}${domain}`);
  return urls.flatMap((url) => [url, `${url}/`, `${url}/v1/`, `${url}/v2/`]);
}

/** Base64 of `user:password`; docker pads it with NUL now and then. */
function decodeAuth(auth: string): { username: string; password: string } | undefined {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(auth)) return undefined;
  const text = Buffer.from(auth, 'base64').toString().replace(/\0+$/, '');
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function passwordOf({
  auth,
  username,
  password,
}: AuthEntry): { username: string; password: string } | undefined {
  if (username !== undefined && username !== '' && password !== undefined) return { username, password };
  return auth === undefined || auth === '' ? undefined : decodeAuth(auth);
}

interface Asked {
  readonly domain: string;
  readonly file: string;
}

function fromEntry(entry: AuthEntry, { key, domain, file }: Asked & { key: string }): Credentials {
  if (entry.identitytoken !== undefined && entry.identitytoken !== '') {
    return { kind: 'identity', token: entry.identitytoken };
  }
  const found = passwordOf(entry);
  if (found !== undefined) return { kind: 'password', ...found };
  // Docker leaves an empty entry for a login that a helper keeps.
  if ((entry.auth ?? '') === '') return ANONYMOUS;
  throw new RegistryFault({
    host: domain,
    problem: `has a login in ${quote(file, 200)} that cannot be used: auths.${key}.auth is not base64 of "user:password"`,
    hint: `docker login ${domain}`,
  });
}

function fromFile({ auths }: DockerConfig, asked: Asked): Credentials {
  for (const key of keysOf(asked.domain)) {
    const entry = auths !== undefined && Object.hasOwn(auths, key) ? auths[key] : undefined;
    const found = entry === undefined ? ANONYMOUS : fromEntry(entry, { ...asked, key });
    if (found.kind !== 'anonymous') return found;
  }
  return ANONYMOUS;
}

function helperOf({ credHelpers, credsStore }: DockerConfig, keys: readonly string[]): string | undefined {
  const key = keys.find((candidate) => credHelpers !== undefined && Object.hasOwn(credHelpers, candidate));
  const name = key === undefined ? credsStore : credHelpers?.[key];
  return name === '' ? undefined : name;
}

/**
 * The login that docker has for a host: from the helper that its config file names, else from the file.
 *
 * @throws RegistryFault when there is one that cannot be had
 */
export async function findCredentials(domain: string, file: string): Promise<Credentials> {
  const config = await readDockerConfig(file, domain);
  const keys = keysOf(domain);
  const name = helperOf(config, keys);
  if (name !== undefined) {
    const found = await askHelper(name, { domain, file, server: keys[0] ?? domain });
    if (found.kind !== 'anonymous') return found;
  }
  return fromFile(config, { domain, file });
}
