import { Command } from 'commander';
import type { Actions } from './actions.js';
import { FileArgument, noColor } from './common-flags.js';
import { DIFF_HELP, INIT_HELP, REPORT_HELP, TEST_HELP, VALIDATE_HELP } from './help-text.js';
import { type InitFlags, initFlags } from './init/flags.js';
import { type DiffFlags, diffFlags, type ReportFlags, reportFlags } from './report/flags.js';
import { type TestFlags, testFlags } from './test/flags.js';
import { type ValidateFlags, validateFlags } from './validate-flags.js';

const GROUP = 'Suites:';

function withFlags(command: Command, flags: readonly Parameters<Command['addOption']>[0][]): Command {
  for (const flag of [...flags, noColor()]) command.addOption(flag);
  return command.helpGroup(GROUP);
}

function testCommand(actions: Actions): Command {
  const command = new Command('test')
    .summary('run suites of jobs, and report what passed')
    .description('Run the jobs of suites, each run in a sandbox of its own, and report what passed.')
    .usage('[flags] [FILE|DIR|GLOB…]')
    .addArgument(new FileArgument('[files...]'))
    .action(async (files: string[], flags: TestFlags) => await actions.test(flags, files));
  return withFlags(command, testFlags()).addHelpText('after', TEST_HELP);
}

function validateCommand(actions: Actions): Command {
  const command = new Command('validate')
    .summary('read suites, and say all that is wrong with them')
    .description('Read suites as "test" does, say all that is wrong with them, and run nothing.')
    .usage('[flags] [FILE|DIR|GLOB…]')
    .addArgument(new FileArgument('[files...]'))
    .action(async (files: string[], flags: ValidateFlags) => await actions.validate(flags, files));
  return withFlags(command, validateFlags()).addHelpText('after', VALIDATE_HELP);
}

function initCommand(actions: Actions): Command {
  const command = new Command('init')
    .summary('write a small suite to begin with')
    .description('Write a small suite with comments that passes, to begin with.')
    .usage('[flags] [DIR]')
    .addArgument(new FileArgument('[directory]').default('.'))
    .action(async (directory: string, flags: InitFlags) => await actions.init(flags, directory));
  return withFlags(command, initFlags()).addHelpText('after', INIT_HELP);
}

function diffCommand(actions: Actions): Command {
  const command = new Command('diff')
    .summary('compare the reports of two runs')
    .description('Compare the JSON reports of two runs: what fails now, what is slower or takes more memory.')
    .usage('[flags] BEFORE AFTER')
    .addArgument(new FileArgument('<before>'))
    .addArgument(new FileArgument('<after>'))
    .action(
      async (before: string, after: string, flags: DiffFlags) =>
        await actions.reportDiff(flags, before, after),
    );
  return withFlags(command, diffFlags()).addHelpText('after', DIFF_HELP);
}

function reportCommand(actions: Actions): Command {
  const command = new Command('report')
    .summary('convert JSON reports to other forms, merge or compare them')
    .description('Make other reports of one that "test" wrote as json or jsonl, or of several together.')
    .usage('[flags] FILE…')
    .addArgument(new FileArgument('<files...>'))
    .action(async (files: string[], flags: ReportFlags) => await actions.report(flags, files))
    .addCommand(diffCommand(actions));
  return withFlags(command, reportFlags()).addHelpText('after', REPORT_HELP);
}

/** The commands about suites and their reports. */
export const suiteCommands = (actions: Actions): Command[] => [
  testCommand(actions),
  validateCommand(actions),
  initCommand(actions),
  reportCommand(actions),
];
