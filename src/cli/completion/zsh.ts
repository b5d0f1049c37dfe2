import { type CommandModel, type FlagModel, namesOf, type ProgramModel } from './model.js';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Inside `[…]` and between `:` of an _arguments spec these characters would end the description. */
const plain = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

function action({ completes }: FlagModel): string {
  switch (completes) {
    case 'file':
      return '_files';
    case 'variable':
      return '_parameters -g "*export*"';
    case 'nothing':
      return ' ';
    default:
      return `(${completes.map((word) => word.replace(/[: ]/g, '\\$&')).join(' ')})`;
  }
}

/** `(-m --memory)-m+[…]:value:action`, once for each name, since a brace list could not be quoted. */
function flagSpecs(flag: FlagModel): string[] {
  const names = namesOf(flag);
  const exclusive = flag.repeatable ? '*' : `(${names.join(' ')})`;
  return names.map((name) => {
    const joined = name.startsWith('--') ? `${name}=` : `${name}+`;
    const value = flag.takesValue ? `:value:${action(flag)}` : '';
    return quoted(`${exclusive}${flag.takesValue ? joined : name}[${plain(flag.description)}]${value}`);
  });
}

function operandSpecs(operands: CommandModel['operands']): string[] {
  if (operands === 'program') {
    return [
      quoted('(-):program: _alternative "commands::_command_names -e" "files::_files"'),
      quoted('*::argument: _normal'),
    ];
  }
  if (operands === 'files') return [quoted('*:file:_files')];
  return operands.length === 0 ? [] : [quoted(`1:name:(${operands.join(' ')})`)];
}

function commandCase({ name, flags, operands }: CommandModel): string[] {
  const specs = [...flags.flatMap(flagSpecs), ...operandSpecs(operands)];
  return [
    `      ${name})`,
    `        _arguments -s -S ${specs.map((spec) => `\\\n          ${spec}`).join(' ')} ;;`,
  ];
}

export function zshCompletion({ name, flags, commands }: ProgramModel): string {
  const described = commands.map((command) => quoted(`${command.name}:${plain(command.summary)}`));
  return [
    `#compdef ${name}`,
    `# zsh completion for ${name}; made by: ${name} completion zsh`,
    `_${name}() {`,
    '  local curcontext=$curcontext state line',
    '  typeset -A opt_args',
    `  _arguments -C ${flags.flatMap(flagSpecs).join(' ')} '1:command:->command' '*::argument:->argument'`,
    '  case $state in',
    '    command)',
    `      local -a commands=(${described.join(' ')})`,
    `      _describe command commands ;;`,
    '    argument)',
    '      case $line[1] in',
    ...commands.flatMap(commandCase),
    '      esac ;;',
    '  esac',
    '}',
    `if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi`,
    '',
  ].join('\n');
}
