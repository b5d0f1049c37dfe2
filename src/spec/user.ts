import { invalidSpec, quote } from '../core/index.js';
import { BOUNDS } from './bounds.js';

/** Whom the program runs as. Names are looked up in the image's /etc/passwd and /etc/group when the run starts. */
export type User =
  | { readonly uid: number; readonly gid: number }
  | { readonly name: string; readonly group: string | null };

const FORMS = 'use "UID:GID", "UID", "NAME" or "NAME:GROUP"';

/** No sign, blank, prefix or leading zero: "+0", "0x0", " 0" and "00" must never be read as root. */
const ID = /^(?:0|[1-9]\d{0,9})$/;

/** Source: the pattern of useradd(8), with the capitals and dots that images contain. */
const NAME = /^[a-z_][a-z0-9_.-]{0,31}$/i;

function parseId(text: string, part: string): number {
  const id = Number(part);
  if (id > BOUNDS.id) throw invalidSpec(`${quote(text)} has the id ${part}; at most ${BOUNDS.id}`);
  return id;
}

/**
 * A user from text. `UID` alone means the group of the same number (not the root group, as in docker); a name without
 * group means its group in the image's /etc/passwd.
 *
 * @throws HotcellError `invalid-spec` for every other form, among them `1000:`, `+0`, `0x0`, ` 0`, `-1`, `65536`.
 */
export function parseUser(text: string): User {
  const [user = '', group, ...rest] = text.split(':');
  if (rest.length > 0) throw invalidSpec(`${quote(text)} has more than one ":"; ${FORMS}`);
  if (group === '') throw invalidSpec(`${quote(text)} has no group after ":"; ${FORMS}`);
  if (ID.test(user) && (group === undefined || ID.test(group))) {
    return { uid: parseId(text, user), gid: parseId(text, group ?? user) };
  }
  if (NAME.test(user) && (group === undefined || NAME.test(group)))
    return { name: user, group: group ?? null };
  if (group !== undefined && [user, group].every((part) => ID.test(part) || NAME.test(part))) {
    throw invalidSpec(`${quote(text)} mixes a number and a name; use two numbers or two names`);
  }
  throw invalidSpec(
    `${quote(text)} is not a user; ${FORMS}, numbers from 0 to ${BOUNDS.id} without sign or leading zero`,
  );
}
