import { constants } from 'node:os';
import { posix } from 'node:path';
import { nearest, quote } from '../../core/index.js';
import type { ImageConfig } from '../../spec/index.js';
import { parsed, usageError } from '../run/values.js';
import { wordsOf } from './change-words.js';

/** Of an image that says nothing. */
export const NO_CONFIG: ImageConfig = {
  entrypoint: [],
  cmd: [],
  env: {},
  workdir: null,
  user: null,
  labels: {},
  stopSignal: null,
  volumes: [],
  exposedPorts: [],
};

/** What an instruction changes; `rest` is what follows its name. */
type Instruction = (rest: string, config: ImageConfig) => Partial<ImageConfig>;

const words = (rest: string, { env }: ImageConfig): string[] => wordsOf(rest, { env, splits: true });

/** The rest as one word, which may have blanks in it. */
const oneWord = (rest: string, { env }: ImageConfig): string =>
  wordsOf(rest, { env, splits: false })[0] ?? '';

/** A list in JSON; null when it does not look like one. */
function jsonList(rest: string): string[] | null {
  if (!rest.startsWith('[')) return null;
  try {
    const list: unknown = JSON.parse(rest);
    if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list;
  } catch {
    // Said below.
  }
  throw usageError(`${quote(rest)} is no JSON list of texts; use one such as ["/bin/echo", "hello"]`);
}

/** docker's two forms: a list in JSON, or a line for a shell. */
const commandOf = (rest: string): string[] => jsonList(rest) ?? ['/bin/sh', '-c', rest];

const NAME = /^[^\s=\0]+$/;

function pair(word: string): [string, string] {
  const at = word.indexOf('=');
  const name = at < 0 ? word : word.slice(0, at);
  if (at < 0) throw usageError(`${quote(word)} has no "="; use NAME=VALUE`);
  if (!NAME.test(name)) throw usageError(`${quote(name)} is no name; use NAME=VALUE`);
  return [name, word.slice(at + 1)];
}

/** `NAME=VALUE …`, or the old form `NAME VALUE` with blanks in the value. */
function pairs(rest: string, config: ImageConfig): Record<string, string> {
  const [, name = '', value] = /^([^\s=]+)\s+([\s\S]*)$/.exec(rest) ?? [];
  if (value !== undefined) return { [name]: oneWord(value, config) };
  return Object.fromEntries(words(rest, config).map(pair));
}

/** Any order of keys; a name such as `__proto__` is one like others. */
const merged = (
  old: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
): Record<string, string> => Object.fromEntries([...Object.entries(old), ...Object.entries(added)]);

const united = (old: readonly string[], added: readonly string[]): string[] => [
  ...new Set([...old, ...added]),
];

const MAX_PORT = 65_535;

function portsOf(word: string): string[] {
  const [, first, last = first, protocol = 'tcp'] =
    /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(word) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === undefined || from < 1 || to > MAX_PORT || from > to) {
    throw usageError(`${quote(word)} is no port; use 80, 53/udp or 8000-8010`);
  }
  return Array.from({ length: to - from + 1 }, (_, at) => `${from + at}/${protocol.toLowerCase()}`);
}

function volume(word: string): string {
  if (!word.startsWith('/')) throw usageError(`${quote(word)} is no absolute path`);
  return posix.normalize(word);
}

const HIGHEST_SIGNAL = 64;

function stopSignal(word: string): string {
  const names = Object.keys(constants.signals);
  const name = word.toUpperCase().replace(/^(?!SIG)/, 'SIG');
  const isNumber = /^\d{1,2}$/.test(word) && Number(word) >= 1 && Number(word) <= HIGHEST_SIGNAL;
  if (isNumber || /^SIGRTM(IN\+|AX-)\d{1,2}$/.test(name)) return isNumber ? word : name;
  if (names.includes(name)) return name;
  const meant = nearest(name, names);
  throw usageError(`${quote(word)} is no signal${meant === undefined ? '' : `; did you mean ${meant}?`}`);
}

const INSTRUCTIONS: Readonly<Record<string, Instruction>> = {
  CMD: (rest) => ({ cmd: commandOf(rest) }),
  ENTRYPOINT: (rest) => ({ entrypoint: commandOf(rest) }),
  ENV: (rest, config) => ({ env: merged(config.env, pairs(rest, config)) }),
  WORKDIR: (rest, config) => ({ workdir: posix.resolve(config.workdir ?? '/', oneWord(rest, config)) }),
  USER: (rest, config) => ({ user: oneWord(rest, config) }),
  LABEL: (rest, config) => ({ labels: merged(config.labels, pairs(rest, config)) }),
  EXPOSE: (rest, config) => ({
    exposedPorts: united(config.exposedPorts, words(rest, config).flatMap(portsOf)),
  }),
  VOLUME: (rest, config) => ({
    volumes: united(config.volumes, (jsonList(rest) ?? words(rest, config)).map(volume)),
  }),
  STOPSIGNAL: (rest, config) => ({ stopSignal: stopSignal(oneWord(rest, config)) }),
};

function apply(config: ImageConfig, change: string): ImageConfig {
  const [, word = '', rest = ''] = /^\s*(\S*)\s*([\s\S]*?)\s*$/.exec(change) ?? [];
  const name = word.toUpperCase();
  const instruction = Object.hasOwn(INSTRUCTIONS, name) ? INSTRUCTIONS[name] : undefined;
  if (instruction === undefined) {
    const known = Object.keys(INSTRUCTIONS);
    const meant = nearest(name, known);
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    throw usageError(`${quote(word)} cannot be changed; use one of ${known.join(', ')}${hint}`);
  }
  if (rest === '') throw usageError(`${name} has no value`);
  return { ...config, ...parsed(name, rest, (text) => instruction(text, config)) };
}

/**
 * The configuration that docker's `--change INSTRUCTION …` make, one after the other.
 *
 * @throws HotcellError `invalid-usage`
 */
export function configOfChanges(changes: readonly string[]): ImageConfig {
  return changes.reduce(
    (config, change) => parsed('--change', change, (text) => apply(config, text)),
    NO_CONFIG,
  );
}
