import { IMAGE_WORDS, imageNames } from './image-names.js';
import { type CommandModel, type FlagModel, namesOf, type ProgramModel } from './model.js';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Inside `[…]` and between `:` of an _arguments spec these characters would end the description. */
const plain = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

function action({ completes }: FlagModel, program: string): string {
  switch (completes) {
    case 'file':
      return '_files';
    case 'variable':
      return '_parameters -g "*export*"';
    case 'image':
      return ` _${program}_images ${IMAGE_WORDS.map((word) => word.replaceAll(':', '\\:')).join(' ')}`;
    case 'nothing':
      return ' ';
    default:
      return `(${completes.map((word) => word.replace(/[: ]/g, '\\$&')).join(' ')})`;
  }
}

/** `(-m --memory)-m+[…]:value:action`, once for each name, since a brace list could not be quoted. */
function flagSpecs(flag: FlagModel, program: string): string[] {
  const names = namesOf(flag);
  const exclusive = flag.repeatable ? '*' : `(${names.join(' ')})`;
  return names.map((name) => {
    const joined = name.startsWith('--') ? `${name}=` : `${name}+`;
    const value = flag.takesValue ? `:value:${action(flag, program)}` : '';
    return quoted(`${exclusive}${flag.takesValue ? joined : name}[${plain(flag.description)}]${value}`);
  });
}

function operandSpecs(operands: CommandModel['operands'], program: string): string[] {
  if (operands === 'images') return [quoted(`*:image: _${program}_images`)];
  if (operands === 'program') {
    return [
      quoted('(-):program: _alternative "commands::_command_names -e" "files::_files"'),
      quoted('*::argument: _normal'),
    ];
  }
  if (operands === 'files') return [quoted('*:file:_files')];
  return operands.length === 0 ? [] : [quoted(`1:name:(${operands.join(' ')})`)];
}

/** `case` over the command that `$line[1]` names, or what offers the commands that there are. */
function choosing(commands: readonly CommandModel[], program: string): string[] {
  const described = commands.map((command) => quoted(`${command.name}:${plain(command.summary)}`));
  return [
    'case $state in',
    '  command)',
    `    local -a commands=(${described.join(' ')})`,
    '    _describe command commands ;;',
    '  argument)',
    '    case $line[1] in',
    ...commands.flatMap((command) => commandCase(command, program)).map((line) => `      ${line}`),
    '    esac ;;',
    'esac',
  ];
}

const CHOOSE = `'1:command:->command' '*::argument:->argument'`;

/** A command that is nothing but those below it. */
const isGroup = ({ commands, operands }: CommandModel): boolean =>
  commands.length > 0 && operands !== 'files';

function commandCase(command: CommandModel, program: string): string[] {
  const { name, aliases, flags, operands, commands } = command;
  const pattern = `${[name, ...aliases].join('|')})`;
  const specs = flags.flatMap((flag) => flagSpecs(flag, program));
  if (isGroup(command)) {
    return [pattern, `  _arguments -C ${specs.join(' ')} ${CHOOSE}`, ...choosing(commands, program), ';;'];
  }
  const all = [...specs, ...operandSpecs(operands, program)];
  return [pattern, `  _arguments -s -S ${all.map((spec) => `\\\n          ${spec}`).join(' ')} ;;`];
}

/** Names are added one by one, and never expanded: some of them were made up by others. */
const imagesFunction = (name: string): string[] => [
  `_${name}_images() {`,
  '  local -a names',
  `  names=("\${(@f)$(${imageNames(name)})}" "$@")`,
  '  compadd -- $names',
  '}',
];

export function zshCompletion({ name, flags, commands }: ProgramModel): string {
  return [
    `#compdef ${name}`,
    `# zsh completion for ${name}; made by: ${name} completion zsh`,
    ...imagesFunction(name),
    `_${name}() {`,
    '  local curcontext=$curcontext state line',
    '  typeset -A opt_args',
    `  _arguments -C ${flags.flatMap((flag) => flagSpecs(flag, name)).join(' ')} ${CHOOSE}`,
    ...choosing(commands, name).map((line) => `  ${line}`),
    '}',
    `if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi`,
    '',
  ].join('\n');
}
