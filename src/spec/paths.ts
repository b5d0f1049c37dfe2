import { invalidSpec, quote } from '../core/index.js';
import { BOUNDS } from './bounds.js';
import { checkLine } from './text.js';

const byteLength = (text: string): number => Buffer.byteLength(text);

function checkPath(path: string): void {
  checkLine(path, BOUNDS.path);
  if (byteLength(path) > BOUNDS.path)
    throw invalidSpec(`${quote(path)} is too long; at most ${BOUNDS.path} bytes`);
}

function checkPart(path: string, part: string): void {
  if (part === '..') throw invalidSpec(`${quote(path)} contains ".."; write the path without it`);
  if (byteLength(part) > BOUNDS.pathPart) {
    throw invalidSpec(`${quote(path)} has a part of ${byteLength(part)} bytes; at most ${BOUNDS.pathPart}`);
  }
}

/**
 * A path inside the sandbox, absolute or relative to the workdir, without doubled slashes, "." parts or a slash at the
 * end. What is left of "." is "", the workdir itself.
 *
 * @throws HotcellError `invalid-spec` for "..", control characters, and paths or parts longer than Linux allows.
 */
function normalisePath(path: string): string {
  checkPath(path);
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  for (const part of parts) checkPart(path, part);
  return (path.startsWith('/') ? '/' : '') + parts.join('/');
}

/** As {@link normalisePath}, and refuses relative paths. */
export function absolutePath(path: string): string {
  const normal = normalisePath(path);
  if (!normal.startsWith('/'))
    throw invalidSpec(`${quote(path)} is relative; write an absolute path such as "/data"`);
  return normal;
}

/** As {@link normalisePath}, and refuses what names a directory: "/", ".", or a slash at the end. */
export function filePath(path: string): string {
  const normal = normalisePath(path);
  if (normal === '' || normal === '/' || /\/\.?$/.test(path))
    throw invalidSpec(`${quote(path)} names no file`);
  return normal;
}

/** Where a path relative to the workdir really is; both must be normal. Unchanged while the workdir is not known. */
export function inWorkdir(path: string, workdir: string | null): string {
  return path.startsWith('/') || workdir === null ? path : `${workdir === '/' ? '' : workdir}/${path}`;
}

/** Places that the sandbox fills itself; what is mounted over them would hide or undo a protection. */
const RESERVED = ['/proc', '/sys', '/dev'];

/**
 * A place in the sandbox where something is mounted.
 *
 * @throws HotcellError `invalid-spec` for a relative path, "/", and anything in /proc, /sys and /dev.
 */
export function mountTarget(path: string): string {
  const normal = absolutePath(path);
  if (normal === '/') throw invalidSpec('"/" cannot be mounted over; use image "dir:PATH" for another root');
  const reserved = RESERVED.find((place) => normal === place || normal.startsWith(`${place}/`));
  if (reserved !== undefined)
    throw invalidSpec(`${quote(path)} is reserved: ${reserved} belongs to the sandbox`);
  return normal;
}

/** A path on the host, which is not touched here. @throws HotcellError `invalid-spec` if no file can have it. */
export function hostPath(path: string): string {
  checkPath(path);
  return path;
}
