import { invalidSpec, nearest, quote } from '../core/index.js';
import { hostPath } from './paths.js';

/** The curated view of the host, or a directory on the host that holds a root file system. */
export type ImageRef = 'host' | `dir:${string}`;

/** @throws HotcellError `invalid-spec` for anything but `host` and `dir:PATH`. */
export function parseImageRef(text: string): ImageRef {
  if (text === 'host') return text;
  if (text === 'dir:') throw invalidSpec('"dir:" names no directory; use "dir:PATH"');
  if (text.startsWith('dir:')) return `dir:${hostPath(text.slice(4))}`;
  const ending =
    nearest(text, ['host']) === undefined
      ? ' of an image that you unpacked: none is pulled here'
      : '; did you mean "host"?';
  throw invalidSpec(`${quote(text)} is not an image; use "host" or "dir:PATH"${ending}`);
}
