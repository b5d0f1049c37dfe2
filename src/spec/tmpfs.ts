import * as z from 'zod';
import { invalidSpec, nearest, parseBytes, quote } from '../core/index.js';
import { parseMode } from './mode.js';
import { mountTarget } from './paths.js';
import { amount, SIZE } from './quantity.js';
import { closed, parsedBy, parsedText } from './shape.js';

export interface Tmpfs {
  readonly target: string;
  /** Null: bounded by the disk limit, which holds in any case. */
  readonly sizeBytes: number | null;
  readonly mode: number;
}

/** With the sticky bit, as on /tmp. */
const MAX_TMPFS_MODE = 0o1777;

/** What docker users write and what is always so here. */
const GIVEN: ReadonlySet<string> = new Set(['rw', 'nosuid', 'nodev']);

const KEYS = ['size', 'mode'] as const;

function readOption(text: string, option: string): readonly [string, string] {
  const [key = '', ...value] = option.split('=');
  if (KEYS.some((known) => known === key) && value.length === 1) return [key, value[0] ?? ''];
  const meant = nearest(key, KEYS);
  const ending = meant === undefined ? '' : `; did you mean "${meant}="?`;
  throw invalidSpec(`${quote(text)} has the option ${quote(option)}; use size=SIZE and mode=OCTAL${ending}`);
}

function readOptions(text: string, options: readonly string[]): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const option of options.filter((word) => !GIVEN.has(word))) {
    const [key, value] = readOption(text, option);
    if (read.has(key)) throw invalidSpec(`${quote(text)} gives ${key} twice`);
    read.set(key, value);
  }
  return read;
}

/**
 * A tmpfs from docker's form, `/path[:size=64m,mode=1777]`.
 *
 * @throws HotcellError `invalid-spec`
 */
export function parseTmpfs(text: string): Tmpfs {
  const [target = '', options, ...rest] = text.split(':');
  if (rest.length > 0) throw invalidSpec(`${quote(text)} is not a tmpfs; use /PATH[:size=SIZE,mode=OCTAL]`);
  const read = readOptions(text, options === undefined ? [] : options.split(','));
  const size = read.get('size');
  return {
    target: mountTarget(target),
    sizeBytes: size === undefined ? null : parseBytes(size),
    mode: parseMode(read.get('mode') ?? MAX_TMPFS_MODE, MAX_TMPFS_MODE),
  };
}

const tmpfsInput = closed(
  {
    target: parsedText(mountTarget).meta({ description: 'an absolute path in the sandbox' }),
    size: amount({
      kind: SIZE,
      min: 1,
      max: Number.MAX_SAFE_INTEGER,
      fallback: null,
      about: 'bytes it can hold',
    }),
    mode: z
      .union([z.number(), z.string()])
      .transform(parsedBy((mode: number | string) => parseMode(mode, MAX_TMPFS_MODE)))
      .optional()
      .meta({ description: 'permissions, octal text such as "1777"', default: '1777' }),
  },
  { aliases: { path: 'target', dest: 'target', destination: 'target' } },
);

/** A tmpfs as a user writes it in a job. */
export const tmpfsSchema = tmpfsInput.transform(
  ({ target, size, mode }): Tmpfs => ({ target, sizeBytes: size ?? null, mode: mode ?? MAX_TMPFS_MODE }),
);
