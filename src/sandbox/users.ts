/** Names of users and groups, looked up in the text of an image's /etc/passwd and /etc/group. Pure. */
import { invalidSpec, nearest, quote } from '../core/index.js';
import type { User } from '../spec/index.js';
import type { Ids } from './builder.js';

/** One more than the last id of a slot, which stands for "nobody we know". */
const MAX_ID = 65_534;

interface Entry {
  readonly name: string;
  readonly fields: readonly string[];
}

function parseEntries(text: string): Entry[] {
  return text.split('\n').flatMap((line) => {
    const [name, ...fields] = line.split(':');
    return name === undefined || name === '' ? [] : [{ name, fields }];
  });
}

function idField(value: string | undefined): number | null {
  if (value === undefined || !/^(?:0|[1-9]\d{0,4})$/.test(value)) return null;
  return Number(value) <= MAX_ID ? Number(value) : null;
}

function find(entries: readonly Entry[], name: string, what: string): Entry {
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const meant = nearest(
    name,
    entries.map((entry) => entry.name),
  );
  const ending = meant === undefined ? '' : `; did you mean ${quote(meant)}?`;
  throw invalidSpec(`user: the image has no ${what} ${quote(name)}${ending}`);
}

function idOf(entry: Entry, index: number, what: string): number {
  const id = idField(entry.fields[index]);
  if (id === null)
    throw invalidSpec(`user: the image's ${what} ${quote(entry.name)} has no id from 0 to ${MAX_ID}`);
  return id;
}

/** Groups that a user is a member of, as docker gives them to a program; those whose ids cannot be given are left out. */
export function groupsOfUser(name: string, group: string): number[] {
  const ids = parseEntries(group)
    .filter(({ fields }) => (fields[2] ?? '').split(',').includes(name))
    .flatMap(({ fields }) => idField(fields[1]) ?? []);
  return [...new Set(ids)].slice(0, MAX_GROUPS);
}

/** As the launcher takes them. */
const MAX_GROUPS = 64;

const nameOfUser = (uid: number, passwd: string): string | undefined =>
  parseEntries(passwd).find(({ fields }) => idField(fields[1]) === uid)?.name;

const HOME = /^\/\P{Cc}{0,4094}$/u;

/** An absolute path, or undefined when the table does not say. */
export function homeOfUser(uid: number, passwd: string): string | undefined {
  const home = parseEntries(passwd).find(({ fields }) => idField(fields[1]) === uid)?.fields[4];
  return home !== undefined && HOME.test(home) ? home : undefined;
}

/** Whom a program runs as, and the groups that it is in besides. */
export interface Identity {
  readonly ids: Ids;
  readonly groups: readonly number[];
}

const MIXED = /^(?<user>[^:]+)(?::(?<group>[^:]+))?$/;

/**
 * The user that an image's config names, in docker's forms: a name or a number, and the same for a group. A number that the
 * table knows has its group; another has group 0, as in docker.
 *
 * @throws HotcellError `invalid-spec` for what is none of these, and for a name that the image does not have.
 */
export function resolveImageUser(text: string, passwd: string, group: string): Identity {
  const { user = '', group: wanted } = MIXED.exec(text)?.groups ?? {};
  if (user === '') throw invalidSpec(`${quote(text)} is not a user`);
  const uid = idOrFind(user, passwd, 'user');
  const name = nameOfUser(uid, passwd);
  const entry = name === undefined ? undefined : find(parseEntries(passwd), name, 'user');
  const own = entry === undefined ? 0 : idOf(entry, 2, 'user');
  const gid = wanted === undefined ? own : idOrFind(wanted, group, 'group');
  return {
    ids: { uid, gid },
    groups: wanted === undefined && name !== undefined ? groupsOfUser(name, group) : [],
  };
}

function idOrFind(text: string, table: string, what: string): number {
  if (!/^\d+$/.test(text)) return idOf(find(parseEntries(table), text, what), 1, what);
  const id = idField(text);
  if (id === null) throw invalidSpec(`user: ${quote(text)} is not a ${what} id from 0 to ${MAX_ID}`);
  return id;
}

/** @throws HotcellError `invalid-spec` when the image does not have the name, or not with an id that we can give. */
export function resolveUser(user: User, passwd: string, group: string): Ids {
  if ('uid' in user) return user;
  const entry = find(parseEntries(passwd), user.name, 'user');
  const uid = idOf(entry, 1, 'user');
  const gid =
    user.group === null
      ? idOf(entry, 2, 'user')
      : idOf(find(parseEntries(group), user.group, 'group'), 1, 'group');
  return { uid, gid };
}
