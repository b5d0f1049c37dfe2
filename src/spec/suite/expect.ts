import { constants } from 'node:os';
import * as z from 'zod';
import { invalidSpec, nearest, quote, show } from '../../core/index.js';
import { BOUNDS } from '../bounds.js';
import { STATUSES, type Status } from '../outcome.js';
import { filePath } from '../paths.js';
import { amount, DURATION, SIZE } from '../quantity.js';
import { attempt, type Context, closed, oneOf, parsedBy, parsedText } from '../shape.js';
import { programSchema } from './program-input.js';
import type { Expect, TextExpectation } from './suite.js';
import { textExpectationSchema } from './text-expectation.js';

/** Whoever cancels has no result, and a fault of ours is never what was wanted. */
const UNEXPECTABLE: ReadonlySet<Status> = new Set(['cancelled', 'internal-error']);

export const EXPECTABLE_STATUSES = STATUSES.filter((status) => !UNEXPECTABLE.has(status)) as [
  Status,
  ...Status[],
];

const status = oneOf(EXPECTABLE_STATUSES);

function checkSignal(name: string): string {
  const names = Object.keys(constants.signals);
  if (names.includes(name) || /^SIGRT(?:MIN|MAX)(?:[+-]\d{1,2})?$/.test(name)) return name;
  const meant = nearest(name, names) ?? nearest(`SIG${name}`, names);
  throw invalidSpec(
    `${quote(name)} is not a signal; use a name such as "SIGSEGV"${meant === undefined ? '' : `; did you mean ${quote(meant)}?`}`,
  );
}

const DAY_MS = 86_400_000;

type OutputExpectation = true | TextExpectation;

function resolveOutputs(
  given: Readonly<Record<string, OutputExpectation>>,
  context: Context,
): Expect['outputs'] {
  const entries = Object.entries(given);
  if (entries.length > BOUNDS.outputs)
    throw invalidSpec(`${entries.length} outputs; at most ${BOUNDS.outputs}`);
  const seen = new Set<string>();
  return entries.flatMap(([key, content]) => {
    const path = attempt(context, [key], () => {
      const normal = filePath(key);
      if (seen.has(normal)) throw invalidSpec(`${quote(normal)} is given twice`);
      seen.add(normal);
      return normal;
    });
    return path === undefined ? [] : [{ path, content: content === true ? null : content }];
  });
}

const outputs = z
  .record(z.string(), z.union([z.literal(true), textExpectationSchema]), {
    error: ({ code, input }) =>
      code === 'invalid_type'
        ? `${show(input)} is not an object; write { "path": "expected text" }`
        : undefined,
  })
  .transform((given, context) => attempt(context, [], () => resolveOutputs(given, context)) ?? [])
  .meta({ description: 'what each file must hold; true: it must be there' });

const expectShape = closed(
  {
    status: z
      .union([status, z.array(status).nonempty({ error: 'is empty; list at least one status' })], {
        error: ({ input }) => (Array.isArray(input) ? '' : statusRefusal(input)),
      })
      .optional()
      .meta({
        description: 'what must have happened, one or a list; ok unless exitCode or signal say otherwise',
      }),
    exitCode: z
      .int()
      .min(0, { error: ({ input }) => `${show(input)} is too small; an exit code is 0 to 255` })
      .max(255, { error: ({ input }) => `${show(input)} is too large; an exit code is 0 to 255` })
      .optional(),
    signal: parsedText(checkSignal).optional().meta({ description: 'such as SIGSEGV' }),
    stdout: textExpectationSchema.optional(),
    stderr: textExpectationSchema.optional(),
    outputs: outputs.optional(),
    checker: programSchema
      .optional()
      .meta({ description: 'run as `checker [args] input output answer`; exit 0 is right, 1 is wrong' }),
    maxCpuTime: amount({
      kind: DURATION,
      min: 0.001,
      max: 30 * DAY_MS,
      fallback: null,
      about: 'the most CPU time used',
    }),
    maxMemory: amount({
      kind: SIZE,
      min: 1,
      max: Number.MAX_SAFE_INTEGER,
      fallback: null,
      about: 'the most memory used',
    }),
  },
  {
    aliases: {
      exit: 'exitCode',
      code: 'exitCode',
      exitcode: 'exitCode',
      output: 'stdout',
      out: 'stdout',
      err: 'stderr',
      files: 'outputs',
      cpuTime: 'maxCpuTime',
      time: 'maxCpuTime',
      match: 'stdout.matches',
      matches: 'stdout.matches',
      contains: 'stdout.matches',
      tolerance: 'stdout.tolerance',
      memory: 'maxMemory',
    },
  },
);

function statusRefusal(input: unknown): string {
  const meant = typeof input === 'string' ? nearest(input, EXPECTABLE_STATUSES) : undefined;
  const ending = meant === undefined ? '' : `; did you mean ${quote(meant)}?`;
  return `${show(input)} is not allowed; use one or a list of ${EXPECTABLE_STATUSES.join(', ')}${ending}`;
}

type Given = z.output<typeof expectShape>;

/** What the code or the signal means, where the status is not given. The kernel's filter kills by SIGSYS. */
function impliedStatuses({ exitCode, signal }: Given): readonly Status[] {
  if (signal !== undefined) return signal === 'SIGSYS' ? ['signaled', 'syscall-denied'] : ['signaled'];
  return exitCode === undefined || exitCode === 0 ? ['ok'] : ['nonzero-exit'];
}

/** Which statuses a program can have that ended by itself, by its code; and by a signal. */
function checkEnding(given: Given, statuses: readonly Status[]): void {
  const { exitCode, signal } = given;
  if (exitCode !== undefined && signal !== undefined) {
    throw invalidSpec('has exitCode and signal; a program ends by one of them');
  }
  const needed = impliedStatuses(given);
  if (exitCode === undefined && signal === undefined) return;
  // A limit may kill by a signal, too.
  const possible =
    signal !== undefined ? statuses.some((name) => name !== 'ok' && name !== 'nonzero-exit') : false;
  if (possible || statuses.some((name) => needed.includes(name))) return;
  const what = signal === undefined ? `exitCode ${exitCode}` : `signal ${signal}`;
  throw invalidSpec(`can never hold: ${what} is not with status ${statuses.join(', ')}`);
}

function resolveExpect(given: Given): Omit<Expect, 'checker'> {
  const { status: named } = given;
  const statuses = named === undefined ? impliedStatuses(given) : [...new Set([named].flat())];
  checkEnding(given, statuses);
  return {
    statuses,
    exitCode: given.exitCode ?? null,
    signal: given.signal ?? null,
    stdout: given.stdout ?? null,
    stderr: given.stderr ?? null,
    outputs: given.outputs ?? [],
    maxCpuTimeMs: given.maxCpuTime ?? null,
    maxMemoryBytes: given.maxMemory ?? null,
  };
}

/** What must hold, but for the checker, which is a program and made like one. */
export const expectSchema = expectShape.transform(parsedBy(resolveExpect));
