import { Command } from 'commander';
import type { Actions } from '../actions.js';
import { noColor, oneOfWords } from '../common-flags.js';

/** Of the engine, which help and completion need not load; a test compares the two. */
export const SHOWN = ['default', 'strict', 'floor'];

const HELP = `
NAME is default, strict or floor, which comes before every policy of your own. Of a FILE what is left
of it on this kernel and processor is shown, and on standard error what is not. The output can be
given to "hotcell run --seccomp" again.

Examples:
  hotcell seccomp show strict
  hotcell seccomp show default > mine.json && hotcell run --seccomp mine.json ./program
  hotcell run --seccomp-trace needed.json ./program
`;

const GROUP_HELP = `
Examples:
  hotcell seccomp show strict
  hotcell run --seccomp strict ./program
  hotcell run --seccomp-trace needed.json ./program
`;

function show(actions: Pick<Actions, 'seccompShow'>): Command {
  return new Command('show')
    .summary("print a policy in docker's profile format")
    .description("Print a policy on system calls in docker's profile format.")
    .usage('[default|strict|floor|FILE]')
    .addArgument(oneOfWords('[name]', SHOWN).default('default'))
    .addOption(noColor())
    .action(async (name: string) => await actions.seccompShow(name))
    .addHelpText('after', HELP);
}

export const seccompCommand = (actions: Pick<Actions, 'seccompShow'>): Command =>
  new Command('seccomp')
    .summary('show policies on system calls')
    .description('Show policies on system calls, as "hotcell run --seccomp" takes them.')
    .usage('COMMAND [flags]')
    .addCommand(show(actions))
    .addHelpText('after', GROUP_HELP);
