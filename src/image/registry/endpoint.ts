import { quote } from '../../core/index.js';
import { ANYWHERE, literalKind, type Reach } from './addresses.js';
import { RegistryFault } from './fault.js';
import type { RegistryReference } from './model.js';

const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const DOMAIN = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9a-f:.]+\\])(?::\\d{1,5})?$`, 'i');
const REPOSITORY = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
export const TAG = /^\w[\w.-]{0,127}$/;
export const DIGEST = /^sha256:[0-9a-f]{64}$/;
const MAX_NAME = 255;

/** Names of the hub, whose registry answers under another name than people write. */
const HUB = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);
const HUB_HOST = 'registry-1.docker.io';

/** Where docker's config file has the credentials of the hub. */
export const HUB_KEY = 'https://index.docker.io/v1/';

export const isHub = (domain: string): boolean => HUB.has(domain.toLowerCase());

function check(ok: boolean, host: string, problem: string): void {
  if (!ok) throw new RegistryFault({ host, problem });
}

/**
 * Refuses whatever could become another path or host in a URL. Users see better messages, from who reads references;
 * this is the last line.
 */
export function checkReference({ domain, repository, tag, digest }: RegistryReference): void {
  check(domain.length <= MAX_NAME && DOMAIN.test(domain), quote(domain), 'is not the name of a host');
  const fits = repository.length <= MAX_NAME && REPOSITORY.test(repository);
  check(fits, domain, `cannot have a repository ${quote(repository)}`);
  if (tag !== undefined) check(TAG.test(tag), domain, `cannot have a tag ${quote(tag)}`);
  if (digest !== undefined) checkDigest(domain, digest);
}

export function checkDigest(domain: string, digest: string): void {
  check(DIGEST.test(digest), domain, `is asked for ${quote(digest)}, which is no sha256 digest`);
}

function isListed(url: URL, insecure: readonly string[]): boolean {
  return insecure.some(
    (host) => URL.canParse(`http://${host}`) && new URL(`http://${host}`).host === url.host,
  );
}

/** Hosts that may be talked to without TLS: this machine, and those that the user has listed. */
export function plainAllowed(url: URL, insecure: readonly string[]): boolean {
  return literalKind(url.hostname) === 'loopback' || isListed(url, insecure);
}

/** What the user's own choice of a host may turn out to be: without TLS, this machine must be this machine. */
export function ownReach(url: URL, insecure: readonly string[]): Reach {
  return url.protocol === 'https:' || isListed(url, insecure) ? ANYWHERE : ['loopback'];
}

/** Where a registry's API may be, best first: `https:` always, and `http:` after it where that is allowed. */
export function origins(domain: string, insecure: readonly string[]): readonly URL[] {
  const host = isHub(domain) ? HUB_HOST : domain.toLowerCase();
  if (!URL.canParse(`https://${host}`)) {
    throw new RegistryFault({ host: quote(domain), problem: 'is not the name of a host' });
  }
  const https = new URL(`https://${host}`);
  const http = new URL(`http://${host}`);
  return plainAllowed(http, insecure) ? [https, http] : [https];
}
