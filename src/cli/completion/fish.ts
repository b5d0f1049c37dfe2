import type { CommandModel, FlagModel, ProgramModel } from './model.js';

const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;

function valueOptions({ takesValue, completes }: FlagModel): string {
  if (!takesValue) return '';
  switch (completes) {
    case 'file':
      return ' -r -F';
    case 'variable':
      return ` -x -a '(set --names --export)'`;
    case 'nothing':
      return ' -x';
    default:
      return ` -x -a ${quoted(completes.join(' '))}`;
  }
}

function flagLine(name: string, condition: string, flag: FlagModel): string {
  const short = flag.short === undefined ? '' : ` -s ${flag.short.slice(1)}`;
  const long = flag.long === undefined ? '' : ` -l ${flag.long.slice(2)}`;
  return `complete -c ${name} -n ${condition}${short}${long}${valueOptions(flag)} -d ${quoted(flag.description)}`;
}

function operandLines(name: string, condition: string, operands: CommandModel['operands']): string[] {
  if (operands === 'files') return [`complete -c ${name} -n ${condition} -F`];
  if (operands === 'program') {
    return [`complete -c ${name} -n ${condition} -F -a '(__fish_complete_command)'`];
  }
  return operands.map((word) => `complete -c ${name} -n ${condition} -f -a ${word}`);
}

function commandLines(name: string, command: CommandModel): string[] {
  const condition = quoted(`__fish_seen_subcommand_from ${command.name}`);
  return [
    `complete -c ${name} -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.summary)}`,
    ...command.flags.map((flag) => flagLine(name, condition, flag)),
    ...operandLines(name, condition, command.operands),
  ];
}

export function fishCompletion({ name, flags, commands }: ProgramModel): string {
  return [
    `# fish completion for ${name}; made by: ${name} completion fish`,
    `complete -c ${name} -f`,
    ...flags.map((flag) => flagLine(name, '__fish_use_subcommand', flag)),
    ...commands.flatMap((command) => commandLines(name, command)),
    '',
  ].join('\n');
}
