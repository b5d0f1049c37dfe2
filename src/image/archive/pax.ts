import { badArchive } from '../compression/index.js';

/** An extended header's records: text keys, values as bytes. */
export type PaxRecords = ReadonlyMap<string, Buffer>;

const SPACE = 0x20;
const EQUALS = 0x3d;
const NEWLINE = 0x0a;
/** An extended header has at most a mebibyte: seven digits. */
const LENGTH = /^[1-9]\d{0,6}$/;

const damaged = (why: string): Error => badArchive(`an extended header is damaged: ${why}`);

interface Record {
  readonly key: string;
  readonly value: Buffer;
  readonly next: number;
}

/** `LENGTH KEY=VALUE\n`; a value may have any bytes, newlines too, so the length is what counts. */
function recordAt(body: Buffer, at: number): Record {
  const space = body.indexOf(SPACE, at);
  const digits = space < 0 ? '' : body.toString('latin1', at, Math.min(space, at + 8));
  if (!LENGTH.test(digits)) throw damaged('a record does not begin with its length');
  const next = at + Number(digits);
  if (next > body.length || next <= space || body[next - 1] !== NEWLINE)
    throw damaged('the length of a record is wrong');
  const equals = body.indexOf(EQUALS, space);
  if (equals <= space + 1 || equals >= next) throw damaged('a record has no key');
  return {
    key: body.toString('latin1', space + 1, equals),
    value: body.subarray(equals + 1, next - 1),
    next,
  };
}

/** The last of several with one key counts. @throws HotcellError `bad-archive` for what is no list of records */
export function readPax(body: Buffer): PaxRecords {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < body.length; ) {
    const { key, value, next } = recordAt(body, at);
    records.set(key, value);
    at = next;
  }
  return records;
}

/** A whole number without a sign. @throws HotcellError `bad-archive` */
export function paxNumber(records: PaxRecords, key: string): number | undefined {
  const value = records.get(key)?.toString('latin1');
  if (value === undefined) return undefined;
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw damaged(`its ${key} is no whole number, or too large`);
  return number;
}

/** @throws HotcellError `bad-archive` for what is empty or has a NUL: two readers would not agree on where it ends */
export function paxText(records: PaxRecords, key: string): Buffer | undefined {
  const value = records.get(key);
  if (value === undefined) return undefined;
  if (value.length === 0 || value.includes(0)) throw damaged(`its ${key} is empty or has a NUL`);
  return value;
}

export interface Time {
  /** Since 1970; negative before. */
  readonly seconds: number;
  readonly nanoseconds: number;
}

const TIME = /^(-?)(\d{1,15})(?:\.(\d*))?$/;

/** A time with any number of digits after the point, of which nine count. @throws HotcellError `bad-archive` */
export function paxTime(records: PaxRecords, key: string): Time | undefined {
  const value = records.get(key)?.toString('latin1');
  if (value === undefined) return undefined;
  const [, sign, whole, fraction = ''] = TIME.exec(value) ?? [];
  if (whole === undefined) throw damaged(`its ${key} is no time`);
  const seconds = Number(whole);
  const nanoseconds = Number(fraction.slice(0, 9).padEnd(9, '0'));
  if (sign !== '-') return { seconds, nanoseconds };
  return nanoseconds === 0
    ? { seconds: 0 - seconds, nanoseconds }
    : { seconds: -seconds - 1, nanoseconds: 1e9 - nanoseconds };
}
