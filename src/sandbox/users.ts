/** Names of users and groups, looked up in the text of an image's /etc/passwd and /etc/group. Pure. */
import { invalidSpec, nearest, quote } from '../core/index.js';
import type { User } from '../spec/index.js';
import type { Ids } from './root.js';

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
