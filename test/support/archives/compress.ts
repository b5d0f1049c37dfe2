import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';

/** Far above what any test makes: execFileSync would end a tool that writes more. */
const MAX_BUFFER = 1024 * 1024 * 1024;

const by = (tool: string, args: readonly string[], input: Uint8Array): Buffer =>
  execFileSync(tool, args, { input, maxBuffer: MAX_BUFFER, stdio: ['pipe', 'pipe', 'inherit'] });

export const gzip = (input: Uint8Array, level = 6): Buffer => gzipSync(input, { level });

/** By Debian's xz(1). */
export const xz = (input: Uint8Array, ...args: string[]): Buffer => by('xz', ['-c', '-T1', ...args], input);

/** By Debian's zstd(1), which writes a checksum of the content. */
export const zstd = (input: Uint8Array, ...args: string[]): Buffer =>
  by('zstd', ['-c', '-q', ...args], input);

/** A zstd frame that decoders pass over. */
export function skippableFrame(content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a53, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}
