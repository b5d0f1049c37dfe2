import { readFileSync } from 'node:fs';

/** Reads a file of the kernel's; null when it is not there. */
export type ReadKernelFile = (path: string) => string | null;

export const readKernelFile: ReadKernelFile = (path) => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
};
