import type { LookupAddress } from 'node:dns';
import { quote } from '../../core/index.js';
import { type AddressKind, addressKind, literalKind, REACH_FROM, type Reach } from './addresses.js';
import { ownReach, plainAllowed } from './endpoint.js';
import { RegistryFault } from './fault.js';

const MAX_SHOWN = 120;

export interface PolicyOptions {
  readonly registry: URL;
  readonly insecure: readonly string[];
  readonly lookup: (hostname: string) => Promise<readonly LookupAddress[]>;
}

/** A place to go to, and the addresses that it may have. */
export interface Target {
  readonly url: URL;
  readonly reach: Reach;
}

/** Where a registry may send us, by redirects, upload locations and token servers. */
export class Policy {
  readonly #options: PolicyOptions;
  #reach: Promise<Reach> | undefined;

  constructor(options: PolicyOptions) {
    this.#options = options;
  }

  isRegistry(url: URL): boolean {
    return url.origin === this.#options.registry.origin;
  }

  /** The registry itself, which the user has named. */
  own(url: URL): Target {
    return { url, reach: ownReach(this.#options.registry, this.#options.insecure) };
  }

  /**
   * @param from where we are
   * @param to an address as it was sent, absolute or relative to `from`
   * @throws RegistryFault with the rule that it breaks
   */
  async target(from: URL, to: string): Promise<Target> {
    const url = parse(from, to);
    if (this.isRegistry(url)) return this.own(url);
    if (url.protocol === 'http:') {
      if (from.protocol === 'https:') throw refused(from, to, 'which is without TLS');
      if (!plainAllowed(url, this.#options.insecure)) {
        throw refused(from, to, 'which is without TLS and not on this machine');
      }
    }
    const reach = await this.#reachBeyond();
    const kind = literalKind(url.hostname);
    if (kind !== undefined && !reach.includes(kind)) throw refused(from, to, `which is a ${kind} address`);
    return { url, reach };
  }

  #reachBeyond(): Promise<Reach> {
    this.#reach ??= this.#registryKind().then((kind) => REACH_FROM[kind]);
    return this.#reach;
  }

  async #registryKind(): Promise<AddressKind> {
    const { registry, lookup } = this.#options;
    const literal = literalKind(registry.hostname);
    if (literal !== undefined) return literal;
    // Behind a proxy the name may be unknown here; it is then held to what everybody may do.
    const found = await lookup(registry.hostname).catch(() => []);
    const kinds = new Set(found.map(({ address }) => addressKind(address)));
    const [only] = kinds;
    return only !== undefined && kinds.size === 1 ? only : 'public';
  }
}

function parse(from: URL, to: string): URL {
  if (!URL.canParse(to, from.href)) throw refused(from, to, 'which is no address');
  const url = new URL(to, from);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused(from, to, 'which is not https');
  if (url.username !== '' || url.password !== '') throw refused(from, to, 'which holds a user name');
  url.hash = '';
  return url;
}

function refused(from: URL, to: string, rule: string): RegistryFault {
  return new RegistryFault({ host: from.host, problem: `sends us to ${quote(to, MAX_SHOWN)}, ${rule}` });
}
