import { IMAGE_WORDS, imageNames } from './image-names.js';
import { type CommandModel, type FlagModel, namesOf, type ProgramModel } from './model.js';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const words = (list: readonly string[]): string =>
  `mapfile -t COMPREPLY < <(compgen -W ${quoted(list.join(' '))} -- "$cur")`;

const FILES = 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur")';

function valueAction({ completes }: FlagModel, program: string): string {
  switch (completes) {
    case 'file':
      return FILES;
    case 'variable':
      return 'mapfile -t COMPREPLY < <(compgen -e -- "$cur")';
    case 'image':
      return `${words(IMAGE_WORDS)}; _${program}_images`;
    case 'nothing':
      return ':';
    default:
      return words(completes);
  }
}

function valueCases(flags: readonly FlagModel[], program: string): string[] {
  return flags
    .filter((flag) => flag.takesValue)
    .map((flag) => `        ${namesOf(flag).join('|')}) ${valueAction(flag, program)}; return ;;`);
}

function operandAction(operands: CommandModel['operands'], program: string): string {
  if (operands === 'files') return FILES;
  if (operands === 'images') return `_${program}_images`;
  if (operands !== 'program') return words(operands);
  return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -c -f -- "$cur" | sort -u)';
}

/** `image ls` and `image list`, as the script calls what is below a command. */
const pathsOf = ({ name, aliases }: CommandModel, above: readonly string[]): string[] =>
  [name, ...aliases].flatMap((own) => (above.length === 0 ? [own] : above.map((path) => `${path} ${own}`)));

function commandCases(command: CommandModel, program: string, above: readonly string[] = []): string[] {
  const { flags, operands, commands } = command;
  const paths = pathsOf(command, above);
  return [
    `    ${paths.map(quoted).join('|')})`,
    '      case $flag in',
    ...valueCases(flags, program),
    '      esac',
    `      if [[ $cur == -* ]]; then ${words(flags.flatMap(namesOf))}`,
    `      else ${operandAction(operands, program)}; fi ;;`,
    ...commands.flatMap((below) => commandCases(below, program, paths)),
  ];
}

const withBelow = (command: CommandModel): CommandModel[] => [
  command,
  ...command.commands.flatMap(withBelow),
];

function valueFlags({ commands }: ProgramModel): string {
  const all = commands.flatMap(withBelow);
  const names = all.flatMap(({ flags }) => flags.filter((flag) => flag.takesValue).flatMap(namesOf));
  return [...new Set(names)].join('|');
}

/** Commands below others, as `case` patterns. */
const belowOthers = ({ commands }: ProgramModel): string =>
  commands
    .flatMap((command) => command.commands.flatMap((below) => pathsOf(below, pathsOf(command, []))))
    .map(quoted)
    .join('|');

/**
 * A name's colon makes two words of it, of which only what follows the last colon is replaced. The names are compared and
 * never expanded: some of them were made up by others.
 */
const imagesFunction = (name: string): string[] => [
  `_${name}_images() {`,
  `  local word=\${COMP_LINE:0:COMP_POINT} before='' name`,
  `  word=\${word##*[[:space:]=]}`,
  `  [[ $word == *:* ]] && before=\${word%:*}:`,
  '  while IFS= read -r name; do',
  `    [[ $name == "$word"* ]] && COMPREPLY+=("\${name#"$before"}")`,
  `  done < <(${imageNames(name)})`,
  '}',
];

/**
 * bash cuts words at "=" and ":" as well, so `--memory=64m` comes as three. `flag` is the flag whose value is being typed, `valued`
 * the one whose value the last word was, and `program` the index of the program, whose own completion is asked for its arguments.
 */
export function bashCompletion(program: ProgramModel): string {
  const { name, flags, commands } = program;
  return [
    `# bash completion for ${name}; made by: ${name} completion bash`,
    ...imagesFunction(name),
    `_${name}() {`,
    `  local cur=\${COMP_WORDS[COMP_CWORD]} command='' flag='' valued='' joined=0 program=0 i word`,
    '  COMPREPLY=()',
    `  [[ $cur == '=' ]] && cur=''`,
    '  for (( i = 1; i < COMP_CWORD; i++ )); do',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash's, not ours
    '    word=${COMP_WORDS[i]}',
    `    if [[ $word == ':' ]]; then flag=$valued joined=1; continue; fi`,
    `    if (( joined )); then flag='' joined=0; continue; fi`,
    '    if [[ -n $flag ]]; then',
    `      [[ $word == '=' ]] || valued=$flag flag=''`,
    '      continue',
    '    fi',
    `    valued=''`,
    '    case $word in',
    '      --) [[ -n $command ]] && { program=$(( i + 1 )); break; } ;;',
    `      ${valueFlags(program)}) flag=$word ;;`,
    '      -*) ;;',
    '      *)',
    '        if [[ -z $command ]]; then command=$word; continue; fi',
    '        case "$command $word" in',
    `          ${belowOthers(program)}) command="$command $word" ;;`,
    '          *) program=$i; break ;;',
    '        esac ;;',
    '    esac',
    '  done',
    `  [[ $cur == ':' ]] && flag=$valued`,
    '  if (( program > 0 && program < COMP_CWORD )) && [[ $command == run ]]; then',
    '    if declare -F _command_offset > /dev/null; then _command_offset "$program"',
    `    else ${FILES}; fi`,
    '    return',
    '  fi',
    '  case $command in',
    `    '')`,
    `      if [[ $cur == -* ]]; then ${words(flags.flatMap(namesOf))}`,
    `      else ${words(commands.map((command) => command.name))}; fi ;;`,
    ...commands.flatMap((command) => commandCases(command, name)),
    '  esac',
    '}',
    `complete -F _${name} ${name}`,
    '',
  ].join('\n');
}
