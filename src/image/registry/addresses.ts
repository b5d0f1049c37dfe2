import { BlockList, isIP } from 'node:net';

/** `special` is what no service for others is on: link-local (cloud metadata), multicast, "this host", translated ranges. */
export type AddressKind = 'public' | 'private' | 'loopback' | 'special';

/** The kinds of addresses that a request may connect to. */
export type Reach = readonly AddressKind[];

export const ANYWHERE: Reach = ['public', 'private', 'loopback', 'special'];

/**
 * Where a registry may send us: never further inside than it is itself, else anybody who serves an image could make us
 * call the services of this machine or of its network.
 */
export const REACH_FROM: Readonly<Record<AddressKind, Reach>> = {
  public: ['public'],
  special: ['public'],
  private: ['public', 'private'],
  loopback: ['public', 'private', 'loopback'],
};

/** Source: the IANA registries of special-purpose addresses (RFC 6890 and its updates). */
const RANGES: Readonly<Record<Exclude<AddressKind, 'public'>, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
  special: [
    '0.0.0.0/8',
    '169.254.0.0/16',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/4',
    '240.0.0.0/4',
    '::/96',
    '::ffff:0:0:0/96',
    '64:ff9b::/96',
    '64:ff9b:1::/48',
    '100::/64',
    '2001::/23',
    '2001:db8::/32',
    '2002::/16',
    '3fff::/20',
    '5f00::/16',
    'fe80::/10',
    'fec0::/10',
    'ff00::/8',
  ],
};

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    list.addSubnet(network, Number(bits), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

const LISTS = Object.entries(RANGES).map(([kind, ranges]) => ({
  kind: kind as keyof typeof RANGES,
  list: blockList(ranges),
}));

/** The kind of an IP address without brackets; what is no address is `special`. */
export function addressKind(address: string): AddressKind {
  // A zone ("%eth0") only goes with link-local addresses, and the list does not read it.
  if (address.includes('%')) return 'special';
  const family = isIP(address);
  if (family === 0) return 'special';
  // An IPv4 address inside an IPv6 one is matched by the rules for IPv4.
  const hit = LISTS.find(({ list }) => list.check(address, family === 6 ? 'ipv6' : 'ipv4'));
  return hit?.kind ?? 'public';
}

/** The kind of a URL's host name when that alone tells, else undefined: then only a look-up can. */
export function literalKind(hostname: string): AddressKind | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return addressKind(bare);
  return /^(?:.+\.)?localhost\.?$/.test(bare) ? 'loopback' : undefined;
}
