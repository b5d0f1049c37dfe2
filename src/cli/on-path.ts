import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import type { HostEnv } from '../spec/index.js';

/** PATH has a few entries; more is none that a person made. */
const MAX_ENTRIES = 256;

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether a shell would find a program of this name. */
export function isOnPath(name: string, { PATH = '' }: HostEnv): boolean {
  if (!/^[\w.+@%-]{1,255}$/.test(name)) return false;
  const directories = PATH.split(':').filter((entry) => entry.startsWith('/'));
  return directories.slice(0, MAX_ENTRIES).some((directory) => isProgram(join(directory, name)));
}

const PLAIN = /^[\w@%+=:,./-]+$/;
const MAX_LINE = 200;

/** Words as they would be typed in a shell; null when that is too long for a message. */
export function shellLine(words: readonly string[]): string | null {
  const quoted = words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`));
  const line = quoted.join(' ');
  return line.length > MAX_LINE ? null : line;
}
