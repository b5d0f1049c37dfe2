/** How this host finds names, for programs on its network: read anew for each run, since a host moves between networks. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { HotcellError, quote } from '../core/index.js';
import type { Job } from '../spec/index.js';

/** Contents of the files of that name in /etc, in whole lines; null for one that this host does not have. */
export interface NameFiles {
  readonly resolvConf: Uint8Array | null;
  readonly hosts: Uint8Array | null;
}

/** They stand in the plan. Lists of blocked names are larger, and only their beginning is of use to a program. */
const MAX_BYTES = 64 * 1024;
const NEW_LINE = 10;

/** At most `max` bytes, and whole lines only: half of an address would be another one. */
export function wholeLines(bytes: Uint8Array, max: number): Uint8Array {
  if (bytes.byteLength > max) return bytes.subarray(0, bytes.lastIndexOf(NEW_LINE, max - 1) + 1);
  const isWhole = bytes.byteLength === 0 || bytes.at(-1) === NEW_LINE;
  return isWhole ? bytes : Buffer.concat([bytes, Uint8Array.of(NEW_LINE)]);
}

async function readBeginning(path: string): Promise<Uint8Array | null> {
  try {
    // Without O_NONBLOCK a FIFO there would hang us.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_BYTES + 1), 0, MAX_BYTES + 1, 0);
      return wholeLines(buffer.subarray(0, bytesRead), MAX_BYTES);
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new HotcellError({
      code: 'io',
      message: `network "host": cannot read ${quote(path)}: ${message}`,
      cause: error,
    });
  }
}

/** Null for a job that is not on the host's network, or has the host's files in any case. @throws HotcellError `io` */
export async function readNameFiles({ network, isolation }: Job): Promise<NameFiles | null> {
  if (network !== 'host' || isolation === 'none') return null;
  const [resolvConf, hosts] = await Promise.all(['/etc/resolv.conf', '/etc/hosts'].map(readBeginning));
  return { resolvConf: resolvConf ?? null, hosts: hosts ?? null };
}
