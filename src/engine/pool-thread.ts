/** What each thread of the pool runs: cases and builds, through a connection of its own to the main thread's launcher. */
import { systemClock } from '../core/index.js';
import { serveThread } from '../pool/index.js';
import { readHost } from '../sandbox/index.js';
import { NO_IMAGES } from './hotcell.js';
import { supplyLauncher } from './supply.js';

export const answer = serveThread(async (address) => {
  const host = readHost();
  const supply = await supplyLauncher(host, { address: address as string });
  return { backend: () => supply.connection(), host, clock: systemClock, images: NO_IMAGES };
});
