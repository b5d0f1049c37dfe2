import { badArchive } from '../compression/index.js';

/** A path in a layer: relative, without `.`, `..` and empty components. Bytes, each a character (latin1): names need not be UTF-8. */
export interface Path {
  readonly components: readonly string[];
  /** Joined again. '' is the root. */
  readonly text: string;
}

export interface NameLimits {
  readonly depth: number;
  readonly pathBytes: number;
}

/** Linux allows no more, whatever the file system. */
const MAX_COMPONENT_BYTES = 255;
export const MAX_PATH_BYTES = 4095;

function checkComponent(component: string): void {
  if (component === '..') throw badArchive('".." is not allowed in a path');
  if (component.length > MAX_COMPONENT_BYTES) {
    throw badArchive(
      `a name in its path has ${component.length} bytes; at most ${MAX_COMPONENT_BYTES} are allowed`,
    );
  }
}

const isSkipped = (component: string): boolean => component === '' || component === '.';

/** Most names need nothing but what stands around them taken off. */
function split(text: string): Path {
  const start = text.startsWith('./') ? 2 : 0;
  const end = text.endsWith('/') ? text.length - 1 : text.length;
  const inner = start < end ? text.slice(start, end) : text;
  const components = inner.split('/');
  if (!components.some(isSkipped)) return { components, text: inner };
  const kept = components.filter((component) => !isSkipped(component));
  return { components: kept, text: kept.join('/') };
}

/**
 * The place that a name in an archive means: slashes in front are dropped, as docker and tar do it, and so are `.` and empty
 * components.
 *
 * @throws HotcellError `bad-archive` for `..`, NUL, and what is too long or too deep
 */
export function pathOf(name: Buffer, { depth, pathBytes }: NameLimits): Path {
  const most = Math.min(pathBytes, MAX_PATH_BYTES);
  if (name.length > most) throw badArchive(`its path has ${name.length} bytes; at most ${most} are allowed`);
  const text = name.toString('latin1');
  if (text.includes('\0')) throw badArchive('its path has a NUL');
  const path = split(text);
  for (const component of path.components) checkComponent(component);
  if (path.components.length > depth) {
    throw badArchive(`its path is ${path.components.length} directories deep; at most ${depth} are allowed`);
  }
  return path;
}

/** As the tree takes it. */
export const bytesOf = ({ text }: Path): Buffer => Buffer.from(text, 'latin1');

/** The path without its last component. */
export const parentOf = ({ components }: Path): Path => {
  const parents = components.slice(0, -1);
  return { components: parents, text: parents.join('/') };
};

/** Another name in the same directory. */
export const siblingOf = (path: Path, name: string): Path => {
  const components = [...path.components.slice(0, -1), name];
  return { components, text: components.join('/') };
};
