import { badArchive } from '../compression/index.js';
import type { TarEntry } from './entry.js';
import { type Path, parentOf, siblingOf } from './names.js';

// The format: https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts

const PREFIX = '.wh.';
const META_PREFIX = '.wh..wh.';
const OPAQUE = '.wh..wh..opq';

/** What AUFS kept for itself at the root of a layer, and docker passes over. */
const AUFS_OWN: ReadonlySet<string> = new Set(['.wh..wh.aufs', '.wh..wh.orph', '.wh..wh.plnk']);

/** `entry`: no whiteout at all. `ignored`: AUFS's own. */
export type Marker =
  | { readonly kind: 'entry' | 'ignored' }
  | { readonly kind: 'whiteout'; readonly path: Path }
  | { readonly kind: 'opaque'; readonly directory: Path };

const ENTRY: Marker = { kind: 'entry' };
const IGNORED: Marker = { kind: 'ignored' };

/** AUFS's whiteouts were hard links to one file, so that is what some archives have. */
function checkShape({ type, size }: TarEntry): void {
  if ((type === 'file' && size === 0) || type === 'hardlink') return;
  throw badArchive(
    `it is named like a whiteout, which must be an empty file, and is a ${type} of ${size} bytes`,
  );
}

/** `.wh.`, `.wh..` and `.wh...` would mean the directory itself and its parent. */
function whiteoutOf(path: Path, name: string): Marker {
  const hidden = name.slice(PREFIX.length);
  if (hidden === '' || hidden === '.' || hidden === '..')
    throw badArchive('it is a whiteout of nothing that has a name');
  if (hidden.startsWith(PREFIX)) throw badArchive('names that begin with ".wh..wh." are reserved');
  return { kind: 'whiteout', path: siblingOf(path, hidden) };
}

/** What an entry's name means. @throws HotcellError `bad-archive` for markers that no tool writes */
export function markerOf(path: Path, entry: TarEntry): Marker {
  if (!path.text.includes(PREFIX)) return ENTRY;
  const [first = ''] = path.components;
  if (AUFS_OWN.has(first)) return IGNORED;
  if (path.components.slice(0, -1).some((component) => component.startsWith(PREFIX))) {
    throw badArchive('a directory in its path is named like a whiteout');
  }
  const name = path.components.at(-1) ?? '';
  if (!name.startsWith(PREFIX)) return ENTRY;
  checkShape(entry);
  if (name !== OPAQUE) return whiteoutOf(path, name);
  const directory = parentOf(path);
  if (directory.text === '') throw badArchive('a whiteout of everything below the root is not supported');
  return { kind: 'opaque', directory };
}

/** @throws HotcellError `bad-archive` when a hard link's target is no place for files */
export function checkTarget(target: Path): void {
  if (target.components.some((component) => component.startsWith(META_PREFIX))) {
    throw badArchive('it is a hard link of AUFS, which is not supported');
  }
  if (target.components.some((component) => component.startsWith(PREFIX))) {
    throw badArchive('its target is named like a whiteout');
  }
}
