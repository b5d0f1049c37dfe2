import { invalidSpec, quote } from '../core/index.js';
import { BOUNDS } from './bounds.js';
import { execBytes } from './env.js';
import { attempt, type Context } from './shape.js';
import { checkCString, printable } from './text.js';

/** The three keys by which a job says what to run. */
export interface CommandParts {
  readonly command?: readonly string[] | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly args?: readonly string[] | undefined;
}

const EXAMPLE = '["./program", "--flag"]';

/** @throws HotcellError `invalid-spec` for what execve(2) cannot pass on. */
export function checkArgument(text: string): string {
  checkCString(text);
  const bytes = Buffer.byteLength(text) + 1;
  if (bytes > BOUNDS.execString) {
    throw invalidSpec(
      `${quote(text)} has ${bytes} bytes; Linux allows ${BOUNDS.execString} for one argument`,
    );
  }
  return text;
}

function addIssue(context: Context, key: keyof CommandParts, message: string): undefined {
  context.addIssue({ code: 'custom', message, path: [key] });
  return undefined;
}

function checkSize(argv: readonly string[]): void {
  const bytes = execBytes(argv);
  if (bytes > BOUNDS.argvBytes)
    throw invalidSpec(`the arguments have ${bytes} bytes together; at most ${BOUNDS.argvBytes}`);
}

/** What is run, as far as the job says it. */
export interface Argv {
  /** Null: as the image says, or part of `command`. */
  readonly entrypoint: readonly string[] | null;
  /** Null: as the image says. */
  readonly command: readonly string[] | null;
}

/** @throws HotcellError `invalid-spec` unless the list begins with a program and fits into execve(2). */
export function checkArgv(argv: readonly string[]): readonly [string, ...string[]] {
  const [program, ...args] = argv;
  if (program === undefined) throw invalidSpec(`is empty; write a list such as ${EXAMPLE}`);
  if (program === '')
    throw invalidSpec(`begins with "", which names no program; write a list such as ${EXAMPLE}`);
  checkSize(argv);
  return [program, ...args];
}

function wholeArgv({ command, entrypoint, args = [] }: CommandParts, context: Context): Argv | undefined {
  const program = command ?? entrypoint;
  if (program === undefined)
    return addIssue(context, 'command', `is missing; write a list such as ${EXAMPLE}`);
  const key = command === undefined ? 'entrypoint' : 'command';
  if (program.length === 0) return addIssue(context, key, `is empty; write a list such as ${EXAMPLE}`);
  return attempt(context, [key], () => ({ entrypoint: null, command: checkArgv([...program, ...args]) }));
}

/** The image may have the rest, so that each list may be missing or empty. */
function partialArgv({ command, entrypoint, args }: CommandParts, context: Context): Argv | undefined {
  return attempt(context, [entrypoint === undefined ? 'command' : 'entrypoint'], () => {
    const after = command ?? args ?? (entrypoint === undefined ? null : []);
    checkSize([...(entrypoint ?? []), ...(after ?? [])]);
    return { entrypoint: entrypoint ?? null, command: after };
  });
}

/** What is run, or undefined after issues were added. `isWhole` says that the image has nothing to add. */
export function resolveCommand(parts: CommandParts, isWhole: boolean, context: Context): Argv | undefined {
  const { command, entrypoint, args } = parts;
  if (command !== undefined && entrypoint !== undefined) {
    return addIssue(context, 'entrypoint', 'is given beside command; use command, or entrypoint with args');
  }
  if (command !== undefined && args !== undefined) {
    return addIssue(context, 'args', 'go with entrypoint; put them into command');
  }
  return isWhole ? wholeArgv(parts, context) : partialArgv(parts, context);
}

/** A name for a job that has none: the last part of its program's path, on one line. */
export function defaultName(program: string): string {
  const base = printable(program.split('/').findLast((part) => part !== '') ?? program);
  if (base.trim() === '') return 'program';
  if (base.length <= BOUNDS.name) return base;
  // Cut by code points, each at most two characters long, so that no pair of surrogates is halved.
  return Array.from(base)
    .slice(0, BOUNDS.name / 2)
    .join('');
}
