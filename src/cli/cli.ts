import { inspect } from 'node:util';
import { type Command, CommanderError } from 'commander';
import { HotcellError } from '../core/index.js';
import { wantsColor } from './color.js';
import type { Io } from './io/io.js';
import { Interrupted } from './obtain-image.js';
import { actionsOf, type Services, type Session } from './perform-actions.js';
import { createProgram, withSubcommands } from './program.js';
import { codeOf, reason } from './reason.js';
import { BROKEN_PIPE, OWN_FAULT, USAGE } from './run/exit-code.js';
import { prefixed } from './text.js';
import { commandLine, explainUsage } from './usage.js';

/** Commander is to throw, not to write or to leave; what it would have said is said in our words. */
function tame(program: Command, session: Session, env: Io['env']): void {
  const { argv } = session;
  for (const command of withSubcommands(program)) {
    command
      .showSuggestionAfterError(false)
      .exitOverride((error) => {
        session.where = commandLine(command);
        throw error.exitCode === 0 || error.code === 'commander.help'
          ? error
          : explainUsage(error, command, { argv, env });
      })
      .configureOutput({
        outputError: () => undefined,
        writeOut: (text) => {
          session.out += text;
        },
        writeErr: (text) => {
          session.err += text;
        },
      });
  }
}

/** An error as lines for people; with `debug` the stack trace and the causes as well. */
export function describeError(error: unknown, where: string, debug: boolean): string {
  if (debug && error instanceof Error) return `${inspect(error)}\n`;
  const isUsage = error instanceof HotcellError && error.code === 'invalid-usage';
  const hint = error instanceof HotcellError && error.hint !== undefined ? [error.hint] : [];
  return prefixed(isUsage ? `${where}: ` : 'hotcell: ', [reason(error), ...hint]);
}

function exitCodeOfError(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (error instanceof Interrupted) return error.exitCode;
  if (codeOf(error) === 'EPIPE') return BROKEN_PIPE;
  const isUsage = error instanceof HotcellError && ['invalid-usage', 'invalid-spec'].includes(error.code);
  return isUsage ? USAGE : OWN_FAULT;
}

/** What an error comes to: the exit code, and what is said about it. */
function report(error: unknown, session: Session, env: Io['env']): void {
  session.exitCode = exitCodeOfError(error);
  if (error instanceof CommanderError || error instanceof Interrupted) return;
  if (session.exitCode === BROKEN_PIPE) return;
  session.err += describeError(error, session.where, env.HOTCELL_DEBUG === '1');
}

/** `run -h` alone can only mean help: a host name would follow, and a program. */
const withoutHostName = (argv: readonly string[]): readonly string[] =>
  argv.length === 2 && argv[0] === 'run' && argv[1] === '-h' ? ['run', '--help'] : argv;

/**
 * The whole command line, from its arguments to its exit code.
 *
 * @param written without node and the script
 */
export async function runCli(written: readonly string[], services: Services): Promise<number> {
  const { io, version } = services;
  const argv = withoutHostName(written);
  const session: Session = { argv, exitCode: 0, where: 'hotcell', out: '', err: '' };
  const colored = wantsColor({ env: io.env, flag: !argv.includes('--no-color'), isTty: io.stdoutIsTty });
  const program = createProgram(actionsOf(services, session), { version, colored, width: io.columns ?? 100 });
  tame(program, session, io.env);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    report(error, session, io.env);
  }
  if (session.out !== '') {
    await io.stdout.write(session.out).catch((error: unknown) => report(error, session, io.env));
  }
  // Nobody is left to be told when standard error is closed as well.
  await io.stderr.write(session.err).catch(() => undefined);
  return session.exitCode;
}
