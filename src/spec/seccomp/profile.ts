/** A seccomp policy as a user writes it: docker's profile format, podman's additions included. */
import * as z from 'zod';
import { invalidSpec } from '../../core/index.js';
import { hostPath } from '../paths.js';
import { attempt, type Context, closed, listOf, oneOf, parsedText } from '../shape.js';
import { numberOf, type ProfileRule, parseErrno, ruleSchema, type SeccompAction } from './rule.js';
import {
  SECCOMP_ACTIONS,
  SECCOMP_ARCHITECTURES,
  SECCOMP_BOUNDS,
  SECCOMP_FLAGS,
  SECCOMP_NAMES,
} from './words.js';

export interface SeccompProfile {
  readonly defaultAction: SeccompAction;
  readonly defaultErrnoRet: number | null;
  /** Whether of several rules for a call the first that fits decides, or, as in docker, one without args over all. */
  readonly firstMatch: boolean;
  readonly syscalls: readonly ProfileRule[];
}

export type SeccompName = (typeof SECCOMP_NAMES)[number];

/** A policy of the job's own. */
export interface OwnSeccomp {
  readonly kind: 'profile';
  /** Where it was read from; null when it stands in the job. */
  readonly path: string | null;
  readonly profile: SeccompProfile;
}

/** What a job says of its filter; a `file` is still to be read, see `resolveSeccomp`. */
export type Seccomp = SeccompName | { readonly kind: 'file'; readonly path: string } | OwnSeccomp;

const { rules, conditions, allNames } = SECCOMP_BOUNDS;

const architecture = oneOf(SECCOMP_ARCHITECTURES);
const architectures = listOf(architecture, conditions, '["SCMP_ARCH_X86_64"]');

const SHAPE = {
  defaultErrnoRet: z.int().nonnegative().nullish(),
  defaultErrno: parsedText(parseErrno).nullish().meta({ description: 'the same by name; as podman has it' }),
  architectures: architectures
    .nullish()
    .meta({ description: 'of no effect: calls of any architecture but the own end the process' }),
  archMap: listOf(
    closed({ architecture, subArchitectures: architectures.nullish() }),
    conditions,
    '[{ architecture: "SCMP_ARCH_X86_64" }]',
  ).nullish(),
  flags: listOf(oneOf(SECCOMP_FLAGS), conditions, '["SECCOMP_FILTER_FLAG_LOG"]').nullish(),
  firstMatch: z
    .boolean()
    .nullish()
    .meta({ description: 'the first rule that fits decides; else, as in docker, one without args over all' }),
  comment: z.string().nullish(),
  syscalls: listOf(ruleSchema, rules, '[{ names: ["read"], action: "SCMP_ACT_ALLOW" }]').nullish(),
};

const ACTION = oneOf(SECCOMP_ACTIONS).meta({ description: 'for calls that no rule fits' });

type Given = z.output<z.ZodObject<typeof SHAPE>> & { readonly defaultAction: SeccompAction };

const BEYOND: Readonly<Record<string, string>> = { default: 'defaultAction', rules: 'syscalls' };

function checkNames(syscalls: readonly ProfileRule[]): void {
  const count = syscalls.reduce((sum, { names }) => sum + names.length, 0);
  if (count > allNames) throw invalidSpec(`${count} names in all rules; at most ${allNames}`);
}

function resolveProfile(given: Given, context: Context): SeccompProfile {
  const { defaultAction, defaultErrnoRet, defaultErrno, firstMatch, syscalls } = given;
  const number = () => numberOf(defaultAction, { number: defaultErrnoRet, named: defaultErrno });
  attempt(context, ['syscalls'], () => checkNames(syscalls ?? []));
  return {
    defaultAction,
    defaultErrnoRet: attempt(context, ['defaultErrnoRet'], number) ?? null,
    firstMatch: firstMatch ?? false,
    syscalls: syscalls ?? [],
  };
}

/** What is in a file of its own. */
export const seccompProfileSchema = closed(
  { defaultAction: ACTION, ...SHAPE },
  { aliases: BEYOND },
).transform(resolveProfile);

const ownInput = closed(
  {
    path: parsedText(hostPath).optional().meta({ description: "a file in docker's profile format" }),
    defaultAction: ACTION.optional(),
    ...SHAPE,
  },
  { aliases: { ...BEYOND, file: 'path', source: 'path' } },
).meta({ oneOf: [{ required: ['path'] }, { required: ['defaultAction'] }] });

function resolveOwn(given: z.output<typeof ownInput>, context: Context): Exclude<Seccomp, SeccompName> {
  const { path, defaultAction, ...rest } = given;
  const others = Object.keys(given).filter((key) => key !== 'path');
  if (path !== undefined && others.length > 0)
    context.addIssue({ code: 'custom', message: `has path and ${others[0]}; use only one of them` });
  if (path !== undefined) return { kind: 'file', path };
  if (defaultAction !== undefined)
    return { kind: 'profile', path: null, profile: resolveProfile({ ...rest, defaultAction }, context) };
  context.addIssue({ code: 'custom', message: 'is missing path or defaultAction' });
  return z.NEVER;
}

const NAMES = oneOf(SECCOMP_NAMES);

/** What a job has under `seccomp`. */
export const seccompSchema = z.union([NAMES, ownInput.transform(resolveOwn)]);
