import * as z from 'zod';
import { invalidSpec, quote, show } from '../core/index.js';
import { BOUNDS } from './bounds.js';
import { checkEncodable } from './text.js';

const encoder = new TextEncoder();

function checkSize(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength <= BOUNDS.inlineBytes) return bytes;
  throw invalidSpec(
    `${bytes.byteLength} bytes; at most ${BOUNDS.inlineBytes} inside a job, use { path } for more`,
  );
}

/** Bytes given as they are, or as text. Bytes are not copied. @throws HotcellError `invalid-spec` */
export function contentBytes(content: string | Uint8Array): Uint8Array {
  if (typeof content !== 'string') return checkSize(content);
  if (content.length > BOUNDS.inlineBytes) {
    throw invalidSpec(
      `${content.length} characters; at most ${BOUNDS.inlineBytes} bytes inside a job, use { path }`,
    );
  }
  checkEncodable(content);
  return checkSize(encoder.encode(content));
}

/** Bytes from base64 with its padding; white space is skipped. @throws HotcellError `invalid-spec` */
export function base64Bytes(text: string): Uint8Array {
  if (text.length > 2 * BOUNDS.inlineBytes)
    throw invalidSpec(`${text.length} characters; too long for base64 here`);
  const dense = text.replace(/\s+/g, '');
  const decoded = Buffer.from(dense, 'base64');
  // Node skips what it does not know; only a faithful round trip proves that nothing was skipped.
  if (decoded.toString('base64') !== dense)
    throw invalidSpec(`${quote(text, 24)} is not base64 with padding`);
  return checkSize(new Uint8Array(decoded));
}

/** In the JSON Schema, which knows no bytes, this alternative is left out. */
export const bytesSchema = z.instanceof(Uint8Array);

export const textOrBytes = z.union([z.string(), bytesSchema], {
  error: ({ input }) => `${show(input)} is not content; use text, or bytes as a Uint8Array`,
});
