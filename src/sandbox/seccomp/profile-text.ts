/** Policies as text in docker's profile format, which is read back as it is. */
import { ARCHES } from './kernel.js';
import type { Arch, ArgTest, Policy, Rule } from './policy.js';

const LINE = 100;

/** Words in lines, as a person would write them: one a line would hide what is not there. */
function wrapped(words: readonly string[], indent: string): string {
  const lines: string[] = [];
  for (const word of words.map((name) => JSON.stringify(name))) {
    const last = lines.at(-1);
    const longer = `${last}, ${word}`;
    if (last === undefined || longer.length + indent.length > LINE) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.length < 2
    ? `[${lines.join('')}]`
    : `[\n${lines.map((line) => indent + line).join(',\n')}\n    ]`;
}

const number = (value: number | bigint): string =>
  value <= Number.MAX_SAFE_INTEGER ? String(value) : `"${value}"`;

function testText({ index, value, valueTwo, op }: ArgTest): string {
  const two = valueTwo === undefined ? '' : `, "valueTwo": ${number(valueTwo)}`;
  return `{ "index": ${index}, "value": ${number(value)}${two}, "op": "${op}" }`;
}

function testsText(args: readonly ArgTest[]): string {
  const texts = args.map(testText);
  return texts.length === 1 ? `[${texts.join('')}]` : `[\n      ${texts.join(',\n      ')}\n    ]`;
}

function ruleText({ names, action, errnoRet, args = [], comment }: Rule): string {
  const lines = [
    ...(comment === undefined ? [] : [`"comment": ${JSON.stringify(comment)}`]),
    `"names": ${wrapped(names, '      ')}`,
    `"action": "${action}"`,
    ...(errnoRet === undefined ? [] : [`"errnoRet": ${errnoRet}`]),
    ...(args.length === 0 ? [] : [`"args": ${testsText(args)}`]),
  ];
  return `  {\n    ${lines.join(',\n    ')}\n  }`;
}

/**
 * @param policy as it is compiled, so that the first rule that fits decides
 * @param arches which it is for; what another tool makes of calls of others is not said
 */
export function profileText(policy: Policy, arches: readonly Arch[]): string {
  const { defaultAction, defaultErrnoRet, syscalls } = policy;
  const lines = [
    `"defaultAction": "${defaultAction}"`,
    ...(defaultErrnoRet === undefined ? [] : [`"defaultErrnoRet": ${defaultErrnoRet}`]),
    '"firstMatch": true',
    `"architectures": [${arches.map((arch) => `"${ARCHES[arch].docker}"`).join(', ')}]`,
    `"syscalls": [\n${syscalls.map(ruleText).join(',\n').replace(/^/gm, '  ')}\n  ]`,
  ];
  return `{\n  ${lines.join(',\n  ')}\n}\n`;
}
