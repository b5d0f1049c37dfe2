/** What each thread of the pool runs: cases and builds, through a connection of its own to the main thread's launcher. */
import { systemClock } from '../core/index.js';
import { serveThread } from '../pool/index.js';
import { hostAsTried, readHost } from '../sandbox/index.js';
import { imageSource } from './image-source.js';
import { supplyLauncher } from './supply.js';

export interface ThreadSettings {
  /** Of the main thread's launcher. */
  readonly address: string;
  /** Where images are kept, if not where `homeDirectory` says. */
  readonly home: string | undefined;
}

export const serve = serveThread(async (data) => {
  const { address, home } = data as ThreadSettings;
  const found = readHost();
  const supply = await supplyLauncher(found, { address });
  const host = hostAsTried(found, (await supply.connection()).identities);
  return { backend: () => supply.connection(), host, clock: systemClock, images: imageSource(home) };
});
