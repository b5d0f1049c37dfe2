import { type CommandModel, type FlagModel, namesOf, type ProgramModel } from './model.js';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const words = (list: readonly string[]): string =>
  `mapfile -t COMPREPLY < <(compgen -W ${quoted(list.join(' '))} -- "$cur")`;

const FILES = 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur")';

function valueAction({ completes }: FlagModel): string {
  switch (completes) {
    case 'file':
      return FILES;
    case 'variable':
      return 'mapfile -t COMPREPLY < <(compgen -e -- "$cur")';
    case 'nothing':
      return ':';
    default:
      return words(completes);
  }
}

function valueCases(flags: readonly FlagModel[]): string[] {
  return flags
    .filter((flag) => flag.takesValue)
    .map((flag) => `        ${namesOf(flag).join('|')}) ${valueAction(flag)}; return ;;`);
}

function operandAction(operands: CommandModel['operands']): string {
  if (operands === 'files') return FILES;
  if (operands !== 'program') return words(operands);
  return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -c -f -- "$cur" | sort -u)';
}

function commandCase({ name, flags, operands }: CommandModel): string[] {
  return [
    `    ${name})`,
    '      case $flag in',
    ...valueCases(flags),
    '      esac',
    `      if [[ $cur == -* ]]; then ${words(flags.flatMap(namesOf))}`,
    `      else ${operandAction(operands)}; fi ;;`,
  ];
}

function valueFlags({ commands }: ProgramModel): string {
  const names = commands.flatMap(({ flags }) => flags.filter((flag) => flag.takesValue).flatMap(namesOf));
  return [...new Set(names)].join('|');
}

/**
 * bash cuts words at "=" as well, so `--memory=64m` comes as three. `flag` is the flag whose value is being typed, and
 * `program` the index of the program, whose own completion is asked for its arguments.
 */
export function bashCompletion(program: ProgramModel): string {
  const { name, flags, commands } = program;
  return [
    `# bash completion for ${name}; made by: ${name} completion bash`,
    `_${name}() {`,
    `  local cur=\${COMP_WORDS[COMP_CWORD]} command='' flag='' program=0 i word`,
    '  COMPREPLY=()',
    `  [[ $cur == '=' ]] && cur=''`,
    '  for (( i = 1; i < COMP_CWORD; i++ )); do',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash's, not ours
    '    word=${COMP_WORDS[i]}',
    '    if [[ -n $flag ]]; then',
    `      [[ $word == '=' ]] || flag=''`,
    '      continue',
    '    fi',
    '    case $word in',
    '      --) [[ -n $command ]] && { program=$(( i + 1 )); break; } ;;',
    `      ${valueFlags(program)}) flag=$word ;;`,
    '      -*) ;;',
    '      *) if [[ -z $command ]]; then command=$word; else program=$i; break; fi ;;',
    '    esac',
    '  done',
    '  if (( program > 0 && program < COMP_CWORD )) && [[ $command == run ]]; then',
    '    if declare -F _command_offset > /dev/null; then _command_offset "$program"',
    `    else ${FILES}; fi`,
    '    return',
    '  fi',
    '  case $command in',
    `    '')`,
    `      if [[ $cur == -* ]]; then ${words(flags.flatMap(namesOf))}`,
    `      else ${words(commands.map((command) => command.name))}; fi ;;`,
    ...commands.flatMap(commandCase),
    '  esac',
    '}',
    `complete -F _${name} ${name}`,
    '',
  ].join('\n');
}
