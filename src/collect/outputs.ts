import { createHash } from 'node:crypto';
import { errnoName, errnoText } from '../core/index.js';
import type { CopiedFile, OutputFile } from '../spec/index.js';

/** Errors of copying out, in the words of the reader; others keep the system's. */
const MEANINGS: Readonly<Record<string, string>> = {
  ELOOP: 'a symlink: not followed',
  E2BIG: 'nested too deeply',
  EINVAL: 'not a regular file or directory',
  EFBIG: 'larger than what is left of the disk limit',
  EOVERFLOW: 'more files than are copied out of one run',
  EPERM: 'not a file of the sandbox',
};

const meaning = (errno: number): string => MEANINGS[errnoName(errno)] ?? errnoText(errno);

/** The name as text. One that is not UTF-8 cannot be named in an outcome, and is shown with U+FFFD. */
export function pathText(path: Buffer): { text: string; exact: boolean } {
  const text = path.toString('utf8');
  return { text, exact: Buffer.from(text, 'utf8').equals(path) };
}

/** The entry of an outcome for what was copied out, or null for a directory: it shows by what is in it. */
export function describeOutput(file: CopiedFile): OutputFile | null {
  const { text, exact } = pathText(file.path);
  const nothing = { path: text, bytes: null, sha256: null, mode: null };
  if (file.kind === 'error') return { ...nothing, error: meaning(file.errno) };
  if (!exact) return { ...nothing, error: 'its name is not UTF-8' };
  if (file.kind === 'directory') return null;
  const sha256 = createHash('sha256').update(file.bytes).digest('hex');
  return { path: text, bytes: file.bytes.byteLength, sha256, mode: file.mode, error: null };
}
