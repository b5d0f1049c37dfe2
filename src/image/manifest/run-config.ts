/** How an image wants to be run, in docker's words, and what we make of it. */
import { posix } from 'node:path';
import * as z from 'zod';
import { quote } from '../../core/index.js';
import type { ImageConfig } from '../../spec/index.js';
import { badArchive } from '../compression/index.js';
import { keySet, listOf, objectOf, optionalText, text, textMap } from './shapes.js';

/** docker takes a text for a list of one; shells are not asked. */
const words = z
  .union([z.string().transform((word) => [word]), listOf(text)], 'must be a list of texts')
  .nullish()
  .transform((list) => list ?? []);

export const rawConfigSchema = objectOf({
  Entrypoint: words,
  Cmd: words,
  Env: listOf(text),
  WorkingDir: optionalText,
  User: optionalText,
  Labels: textMap,
  StopSignal: optionalText,
  Volumes: keySet,
  ExposedPorts: keySet,
});

export type RawConfig = z.output<typeof rawConfigSchema>;

/** What has no name or no "=" sets nothing. Of two with one name the last counts. */
function envOf(lines: readonly string[]): Readonly<Record<string, string>> {
  const pairs = lines
    .filter((line) => line.indexOf('=') > 0)
    .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  return Object.fromEntries(pairs);
}

/** From the root, wherever that leads: nothing leads out of it. */
const absolute = (path: string): string => posix.resolve('/', path);

const PORT = /^\d{1,5}(?:-\d{1,5})?(?:\/(?:tcp|udp|sctp))?$/;

const SIGNAL = /^[A-Za-z0-9+-]{1,16}$/;

function portsOf(names: readonly string[]): string[] {
  return names.filter((name) => PORT.test(name)).map((name) => (name.includes('/') ? name : `${name}/tcp`));
}

/** The kernel's interfaces end a text there: what follows would be silently lost. */
function refuseNul(raw: RawConfig, what: string): void {
  const texts = [...raw.Entrypoint, ...raw.Cmd, ...raw.Env, raw.WorkingDir, raw.User, ...raw.Volumes];
  const wrong = texts.find((one) => one.includes('\0'));
  if (wrong !== undefined) throw badArchive(`${what} has ${quote(wrong)}, with a NUL character`);
}

const EMPTY: RawConfig = {
  Entrypoint: [],
  Cmd: [],
  Env: [],
  WorkingDir: '',
  User: '',
  Labels: {},
  StopSignal: '',
  Volumes: [],
  ExposedPorts: [],
};

/** @throws HotcellError `bad-archive` for what no program could be started with */
export function runConfig(config: RawConfig | null, what: string): ImageConfig {
  const raw = config ?? EMPTY;
  refuseNul(raw, what);
  const signal = raw.StopSignal;
  if (signal !== '' && !SIGNAL.test(signal))
    throw badArchive(`${what} has the stop signal ${quote(signal)}, which is none`);
  return {
    entrypoint: raw.Entrypoint,
    cmd: raw.Cmd,
    env: envOf(raw.Env),
    workdir: raw.WorkingDir === '' ? null : absolute(raw.WorkingDir),
    user: raw.User === '' ? null : raw.User,
    labels: raw.Labels,
    stopSignal: signal === '' ? null : signal,
    volumes: [...new Set(raw.Volumes.map(absolute))].filter((path) => path !== '/'),
    exposedPorts: [...new Set(portsOf(raw.ExposedPorts))],
  };
}
