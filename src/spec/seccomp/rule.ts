/** One rule of a profile, as docker and podman write it. */
import { constants } from 'node:os';
import * as z from 'zod';
import { invalidSpec, nearest, quote, show } from '../../core/index.js';
import { parseCapability } from '../capabilities.js';
import { attempt, type Context, closed, listOf, oneOf, parsedBy, parsedText } from '../shape.js';
import { SECCOMP_ACTIONS, SECCOMP_BOUNDS, SECCOMP_OPS } from './words.js';

export type SeccompAction = (typeof SECCOMP_ACTIONS)[number];
export type SeccompOp = (typeof SECCOMP_OPS)[number];

/** A number of 64 bits; text where a JavaScript number cannot hold it. */
type Word = number | string;

export interface ProfileTest {
  readonly index: number;
  readonly value: Word;
  readonly valueTwo: Word;
  readonly op: SeccompOp;
}

/** Under which circumstances a rule is there, or is not: all of them must hold for `includes`, one is enough for `excludes`. */
export interface ProfileCondition {
  /** Without CAP_. */
  readonly caps: readonly string[];
  /** As docker has them: amd64, arm64. */
  readonly arches: readonly string[];
  /** Such as [5, 4]. */
  readonly minKernel: readonly [number, number] | null;
}

export interface ProfileRule {
  readonly names: readonly string[];
  readonly action: SeccompAction;
  readonly errnoRet: number | null;
  readonly args: readonly ProfileTest[];
  readonly includes: ProfileCondition;
  readonly excludes: ProfileCondition;
}

const LAST_WORD = 2n ** 64n - 1n;

function checkWord(value: Word): Word {
  if (BigInt(value) <= LAST_WORD) return value;
  throw invalidSpec(`${show(value)} has more than 64 bits; at most ${LAST_WORD}`);
}

const notWord = {
  error: ({ input }: { readonly input?: unknown }): string =>
    `${show(input)} is not a whole number from 0; write one above 2⁵³ as text`,
};

const word = z
  .union([z.int(notWord).nonnegative(notWord), z.string().regex(/^\d{1,20}$/, notWord)], notWord)
  .transform(parsedBy(checkWord));

const notIndex = {
  error: ({ input }: { readonly input?: unknown }): string => `${show(input)} is not an argument; use 0 to 5`,
};

const test = closed({
  index: z.int(notIndex).min(0, notIndex).max(5, notIndex),
  value: word,
  valueTwo: word.prefault(0),
  op: oneOf(SECCOMP_OPS),
});

/** Docker's words for the processors that programs may be compiled for; no others are looked for here. */
const ARCH = /^[a-z0-9_]{1,32}$/;

function parseArch(text: string): string {
  if (ARCH.test(text)) return text;
  throw invalidSpec(`${quote(text)} is not an architecture; use a name such as "amd64" or "arm64"`);
}

function parseKernel(text: string): readonly [number, number] {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})$/.exec(text) ?? [];
  if (major !== undefined) return [Number(major), Number(minor)];
  throw invalidSpec(`${quote(text)} is not a version of the kernel; write one such as "5.4"`);
}

const { conditions } = SECCOMP_BOUNDS;
const NO_CONDITION: ProfileCondition = { caps: [], arches: [], minKernel: null };

const condition = closed({
  caps: listOf(parsedText(parseCapability), conditions, '["CAP_SYS_ADMIN"]').nullish(),
  arches: listOf(parsedText(parseArch), conditions, '["amd64"]').nullish(),
  minKernel: parsedText(parseKernel).nullish(),
})
  .transform(
    ({ caps, arches, minKernel }): ProfileCondition => ({
      caps: caps ?? [],
      arches: arches ?? [],
      minKernel: minKernel ?? null,
    }),
  )
  .nullish();

const ERRNOS: Readonly<Partial<Record<string, number>>> = constants.errno;

/** podman's way to write a number. */
export function parseErrno(text: string): number {
  const number = ERRNOS[text];
  if (number !== undefined && Object.hasOwn(ERRNOS, text)) return number;
  const meant = nearest(text, Object.keys(ERRNOS));
  throw invalidSpec(
    `${quote(text)} is not an error of this system${meant === undefined ? '' : `; did you mean ${quote(meant)}?`}`,
  );
}

const NAME = /^[a-z_][a-z0-9_]{0,63}$/;

/** Any name that a call could have: which there are depends on kernel and processor, and docker leaves out what it does not know. */
function parseName(text: string): string {
  if (NAME.test(text)) return text;
  throw invalidSpec(`${quote(text)} is not the name of a system call; write one such as "openat"`);
}

const name = parsedText(parseName);

/** Of the action's value the kernel would cut off the rest, or change it. */
const MOST: Readonly<Partial<Record<SeccompAction, number>>> = {
  SCMP_ACT_ERRNO: 4095,
  SCMP_ACT_TRACE: 0xffff,
  SCMP_ACT_TRAP: 0xffff,
};

/** The number of an action, by podman's name for it or docker's number; for actions that have none it means nothing. */
export function numberOf(
  action: SeccompAction,
  { number, named }: { number: number | null | undefined; named: number | null | undefined },
): number | null {
  const most = MOST[action];
  const value = named ?? number ?? null;
  if (most === undefined || value === null) return null;
  if (value > most) throw invalidSpec(`${value} is too large for ${action}; at most ${most}`);
  return value;
}

function namesOf(one: string | null | undefined, several: readonly string[] | null | undefined): string[] {
  if (one != null && several != null && several.length > 0)
    throw invalidSpec('has both name and names; use names');
  const names = [...(several ?? []), ...(one == null ? [] : [one])];
  if (names.length === 0) throw invalidSpec('names no system call; write names: ["openat"]');
  return names;
}

export const ruleSchema = closed(
  {
    names: listOf(name, SECCOMP_BOUNDS.names, '["openat", "read"]').nullish(),
    name: name.nullish().meta({ description: 'as docker had it before names' }),
    action: oneOf(SECCOMP_ACTIONS),
    errnoRet: z.int().nonnegative().nullish().meta({ description: 'for SCMP_ACT_ERRNO; 1 if not given' }),
    errno: parsedText(parseErrno)
      .nullish()
      .meta({ description: 'the same by name, such as "ENOSYS"; as podman has it' }),
    args: listOf(test, SECCOMP_BOUNDS.args, '[{ index, value, op }]').nullish(),
    includes: condition,
    excludes: condition,
    comment: z.string().nullish(),
  },
  { aliases: { syscalls: 'names', syscall: 'name', arguments: 'args' } },
).transform((rule, context: Context): ProfileRule => {
  const { action, args, includes, excludes } = rule;
  const number = (): number | null => numberOf(action, { number: rule.errnoRet, named: rule.errno });
  return {
    names: attempt(context, ['names'], () => namesOf(rule.name, rule.names)) ?? [],
    action,
    errnoRet: attempt(context, [rule.errno == null ? 'errnoRet' : 'errno'], number) ?? null,
    args: args ?? [],
    includes: includes ?? NO_CONDITION,
    excludes: excludes ?? NO_CONDITION,
  };
});
