import { invalidSpec, quote } from '../core/index.js';
import { BOUNDS } from './bounds.js';
import { checkCString } from './text.js';

export type Env = Readonly<Record<string, string>>;

/** The host's environment as Node gives it. */
export type HostEnv = Readonly<Record<string, string | undefined>>;

/** @throws HotcellError `invalid-spec` unless the text can name a variable: one line, not empty, without "=". */
function checkEnvName(name: string): void {
  if (name === '') throw invalidSpec('a variable has no name');
  if (name.includes('=')) throw invalidSpec(`${quote(name)} is not a variable name: it contains "="`);
  if (/\p{Cc}/u.test(name))
    throw invalidSpec(`${quote(name)} is not a variable name: it contains a control character`);
  // Assigning this key to an object would replace its prototype instead of storing the value.
  if (name === '__proto__') throw invalidSpec('"__proto__" is not allowed as a variable name');
  checkCString(name);
}

/** Messages never repeat a value: it may be a secret. @throws HotcellError `invalid-spec` */
export function checkEnvEntry(name: string, value: string): void {
  checkEnvName(name);
  checkCString(value);
  const bytes = Buffer.byteLength(name) + Buffer.byteLength(value) + 2;
  if (bytes > BOUNDS.execString) {
    throw invalidSpec(
      `name and value have ${bytes} bytes; Linux allows ${BOUNDS.execString} for one variable`,
    );
  }
}

/** Bytes that execve(2) needs for strings: each with its NUL. */
export function execBytes(strings: readonly string[]): number {
  return strings.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
}

/** @throws HotcellError `invalid-spec` when there are too many variables, or they are too large together. */
export function checkEnvSize(env: Env): void {
  const entries = Object.entries(env);
  if (entries.length > BOUNDS.envEntries)
    throw invalidSpec(`${entries.length} variables; at most ${BOUNDS.envEntries}`);
  const bytes = execBytes(entries.map(([name, value]) => `${name}=${value}`));
  if (bytes > BOUNDS.envBytes)
    throw invalidSpec(`the variables have ${bytes} bytes together; at most ${BOUNDS.envBytes}`);
}

/**
 * One variable as docker's `-e` and env files write it: `KEY=VALUE`, or `KEY` for the host's value, which gives
 * undefined when the host has none. Blanks in names are refused as docker does in env files.
 *
 * @throws HotcellError `invalid-spec`
 */
export function parseEnvEntry(
  text: string,
  hostEnv: HostEnv,
): readonly [name: string, value: string] | undefined {
  const equals = text.indexOf('=');
  const name = equals === -1 ? text : text.slice(0, equals);
  // Nearly always a mistake such as `KEY = value`.
  if (/\s/.test(name)) throw invalidSpec(`${quote(name)} is not a variable name: it contains a blank`);
  checkEnvName(name);
  const inherited = Object.hasOwn(hostEnv, name) ? hostEnv[name] : undefined;
  const value = equals === -1 ? inherited : text.slice(equals + 1);
  if (value === undefined) return undefined;
  checkEnvEntry(name, value);
  return [name, value];
}
