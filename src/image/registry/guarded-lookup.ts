import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { addressKind, type Reach } from './addresses.js';
import { RegistryFault } from './fault.js';

type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>;

/**
 * A look-up that gives a name the same addresses each time. What a registry may send us to depends on where it is itself; asked
 * again, it could answer that it is on this machine.
 */
export function steadyLookup(lookup: Lookup): Lookup {
  const known = new Map<string, Promise<readonly LookupAddress[]>>();
  return (hostname) => {
    const found = known.get(hostname) ?? lookup(hostname);
    known.set(hostname, found);
    found.catch(() => known.delete(hostname));
    return found;
  };
}

/**
 * A look-up for node:net that only gives addresses within reach. The check is on the very addresses that are connected
 * to, so that a name cannot have another one the second time.
 */
export function guardedLookup(lookup: Lookup, reach: Reach): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname)
      .then((found) => within(found, { hostname, reach, family: options.family }))
      .then(
        (addresses) => {
          const [first] = addresses;
          if (options.all === true) callback(null, addresses);
          else callback(null, first?.address ?? '', first?.family);
        },
        (error: Error) => callback(error, []),
      );
  };
}

interface Wanted {
  readonly hostname: string;
  readonly reach: Reach;
  readonly family: string | number | undefined;
}

function within(found: readonly LookupAddress[], { hostname, reach, family }: Wanted): LookupAddress[] {
  const fitting = found.filter((entry) => (family === 4 || family === 6 ? entry.family === family : true));
  const allowed = fitting.filter(({ address }) => reach.includes(addressKind(address)));
  if (allowed.length > 0) return allowed;
  throw new RegistryFault({
    host: hostname,
    problem: `has no address that may be used here: only ${reach.join(' and ')} ones`,
  });
}
