import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { addressKind, type Reach } from './addresses.js';
import { RegistryFault } from './fault.js';

/**
 * A look-up for node:net that only gives addresses within reach. The check is on the very addresses that are connected
 * to, so that a name cannot have another one the second time.
 */
export function guardedLookup(
  lookup: (hostname: string) => Promise<readonly LookupAddress[]>,
  reach: Reach,
): LookupFunction {
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
