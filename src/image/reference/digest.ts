import { createHash } from 'node:crypto';

/** `sha256:` and 64 lower-case hex digits. Nothing else is ever part of a path. */
export type Digest = string;

const PREFIX = 'sha256:';
const DIGEST = /^sha256:[a-f0-9]{64}$/;

export const isDigest = (text: string): text is Digest => DIGEST.test(text);

export const digestOf = (bytes: Uint8Array | string): Digest =>
  PREFIX + createHash('sha256').update(bytes).digest('hex');

/** The 64 digits. */
export const hexOf = (digest: Digest): string => digest.slice(PREFIX.length);

export const digestFromHex = (hex: string): Digest => PREFIX + hex;
