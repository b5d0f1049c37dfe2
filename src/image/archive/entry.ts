import { quote } from '../../core/index.js';
import { badArchive } from '../compression/index.js';
import type { Header } from './header.js';
import { type PaxRecords, paxNumber, paxText, paxTime, type Time } from './pax.js';

export type EntryType = 'file' | 'hardlink' | 'symlink' | 'device' | 'directory' | 'fifo';

export interface Xattr {
  readonly name: string;
  readonly value: Buffer;
}

/** One entry of an archive, with what its extended headers say. */
export interface TarEntry {
  /** As it stands in the archive. */
  readonly name: Buffer;
  readonly type: EntryType;
  /** Of links. */
  readonly link: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 for all but files. */
  readonly size: number;
  readonly mtime: Time;
  /** As SCHILY.xattr has them. */
  readonly xattrs: readonly Xattr[];
  /** Attributes and access lists in forms that are not read. */
  readonly otherXattrs: number;
}

/** What extended headers before an entry said of it. */
export interface Extension {
  readonly records: PaxRecords;
  readonly longName: Buffer | undefined;
  readonly longLink: Buffer | undefined;
}

export const NO_EXTENSION: Extension = { records: new Map(), longName: undefined, longLink: undefined };

const TYPES: ReadonlyMap<string, EntryType> = new Map([
  ['0', 'file'],
  ['1', 'hardlink'],
  ['2', 'symlink'],
  ['3', 'device'],
  ['4', 'device'],
  ['5', 'directory'],
  ['6', 'fifo'],
]);

const SLASH = 0x2f;
const XATTR = 'SCHILY.xattr.';
const OTHER_XATTR = /^(LIBARCHIVE\.xattr|SCHILY\.acl|RHT\.security)\./;
const SPARSE = 'GNU.sparse.';

/** @throws HotcellError `bad-archive` for sparse files, and types that nobody can unpack without a guess */
function typeOf(header: Header, records: PaxRecords, name: Buffer): EntryType {
  if (header.type === 'S' || [...records.keys()].some((key) => key.startsWith(SPARSE))) {
    throw badArchive('it is a sparse file, which is not supported');
  }
  const type = TYPES.get(header.type);
  if (type === undefined) {
    throw badArchive(
      `its type ${quote(header.type)} is unknown; files, directories, links, devices and FIFOs are known`,
    );
  }
  // The oldest archives have no type for directories.
  return type === 'file' && name.at(-1) === SLASH ? 'directory' : type;
}

/** Two sizes are one too many, but for what the header has no room for: there it is 0. */
function sizeOf(header: Header, records: PaxRecords): number {
  const size = paxNumber(records, 'size');
  if (size === undefined || size === header.size) return header.size;
  if (header.size !== 0) throw badArchive(`it has two sizes, ${header.size} and ${size}`);
  return size;
}

/**
 * The bytes that follow the header. Readers do not agree on what a size means for an entry that has no content; a
 * directory's is a hint, which all ignore.
 */
function contentBytes(type: EntryType, header: Header, records: PaxRecords): number {
  const size = sizeOf(header, records);
  if (type === 'file') return size;
  if (size !== 0 && !(type === 'directory' && header.type === '5')) {
    throw badArchive(`it is a ${type} and has a size of ${size}`);
  }
  return 0;
}

function xattrsOf(records: PaxRecords): Xattr[] {
  const xattrs: Xattr[] = [];
  for (const [key, value] of records) {
    if (key.startsWith(XATTR)) xattrs.push({ name: key.slice(XATTR.length), value });
  }
  return xattrs;
}

const countOther = (records: PaxRecords): number =>
  [...records.keys()].filter((key) => OTHER_XATTR.test(key)).length;

export const nameOf = (header: Header, { records, longName }: Extension): Buffer =>
  longName ?? paxText(records, 'path') ?? header.name;

function linkOf(header: Header, { records, longLink }: Extension, type: EntryType): Buffer {
  const link = longLink ?? paxText(records, 'linkpath') ?? header.link;
  if (link.length === 0 && (type === 'symlink' || type === 'hardlink'))
    throw badArchive('its target is empty');
  return link;
}

/** @throws HotcellError `bad-archive` */
export function entryOf(header: Header, extension: Extension): TarEntry {
  const { records } = extension;
  const name = nameOf(header, extension);
  if (name.length === 0) throw badArchive('it has no name');
  const type = typeOf(header, records, name);
  return {
    name,
    type,
    link: linkOf(header, extension, type),
    mode: header.mode & 0o7777,
    uid: paxNumber(records, 'uid') ?? header.uid,
    gid: paxNumber(records, 'gid') ?? header.gid,
    size: contentBytes(type, header, records),
    mtime: paxTime(records, 'mtime') ?? { seconds: header.mtime, nanoseconds: 0 },
    xattrs: xattrsOf(records),
    otherXattrs: countOther(records),
  };
}

/** Keys that a header for all entries must not have: docker ignores them there, other readers do not. */
const NOT_GLOBAL = /^(path|linkpath|size|uid|gid|mtime|mode|SCHILY\.xattr\..*|GNU\.sparse\..*)$/s;

/** @throws HotcellError `bad-archive` when it would change entries */
export function checkGlobal(records: PaxRecords): void {
  const key = [...records.keys()].find((name) => NOT_GLOBAL.test(name));
  if (key === undefined) return;
  throw badArchive(`a global header sets ${quote(key)} of all entries; only comments are allowed there`);
}
