import { IMAGE_WORDS, imageNames } from './image-names.js';
import type { CommandModel, FlagModel, ProgramModel } from './model.js';

const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;

function valueOptions({ takesValue, completes }: FlagModel, program: string): string {
  if (!takesValue) return '';
  switch (completes) {
    case 'file':
      return ' -r -F';
    case 'variable':
      return ` -x -a '(set --names --export)'`;
    case 'image':
      return ` -x -a '(${program}_images) ${IMAGE_WORDS.join(' ')}'`;
    case 'nothing':
      return ' -x';
    default:
      return ` -x -a ${quoted(completes.join(' '))}`;
  }
}

function flagLine(name: string, condition: string, flag: FlagModel): string {
  const short = flag.short === undefined ? '' : ` -s ${flag.short.slice(1)}`;
  const long = flag.long === undefined ? '' : ` -l ${flag.long.slice(2)}`;
  return `complete -c ${name} -n ${condition}${short}${long}${valueOptions(flag, name)} -d ${quoted(flag.description)}`;
}

function operandLines(name: string, condition: string, operands: CommandModel['operands']): string[] {
  if (operands === 'files') return [`complete -c ${name} -n ${condition} -F`];
  if (operands === 'images') return [`complete -c ${name} -n ${condition} -f -a '(${name}_images)'`];
  if (operands === 'program') {
    return [`complete -c ${name} -n ${condition} -F -a '(__fish_complete_command)'`];
  }
  return operands.map((word) => `complete -c ${name} -n ${condition} -f -a ${word}`);
}

const seen = (words: readonly string[]): string => `__fish_seen_subcommand_from ${words.join(' ')}`;

const all = (conditions: readonly string[]): string => quoted(conditions.join('; and '));

function belowLines(name: string, above: CommandModel, command: CommandModel): string[] {
  const offered = all([seen([above.name]), `not ${seen(above.commands.map((other) => other.name))}`]);
  const condition = all([seen([above.name]), seen([command.name, ...command.aliases])]);
  return [
    `complete -c ${name} -n ${offered} -f -a ${command.name} -d ${quoted(command.summary)}`,
    ...command.flags.map((flag) => flagLine(name, condition, flag)),
    ...operandLines(name, condition, command.operands),
  ];
}

function commandLines(name: string, command: CommandModel, others: readonly CommandModel[]): string[] {
  // `rm` is not the one below `image`, and what is below a command is not offered twice.
  const groups = others.filter(({ commands }) => commands.some((below) => below.name === command.name));
  const below = command.commands.map((other) => other.name);
  const hidden = [...groups.map((group) => group.name), ...below];
  const condition = all([seen([command.name]), ...(hidden.length === 0 ? [] : [`not ${seen(hidden)}`])]);
  return [
    `complete -c ${name} -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.summary)}`,
    ...command.flags.map((flag) => flagLine(name, condition, flag)),
    ...(command.operands === 'files' || below.length === 0
      ? operandLines(name, condition, command.operands)
      : []),
    ...command.commands.flatMap((other) => belowLines(name, command, other)),
  ];
}

export function fishCompletion({ name, flags, commands }: ProgramModel): string {
  return [
    `# fish completion for ${name}; made by: ${name} completion fish`,
    `function ${name}_images`,
    `    ${imageNames(name)}`,
    'end',
    `complete -c ${name} -f`,
    ...flags.map((flag) => flagLine(name, '__fish_use_subcommand', flag)),
    ...commands.flatMap((command) => commandLines(name, command, commands)),
    '',
  ].join('\n');
}
