/** How a server wants to be told who asks. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string | undefined };

const MAX_LENGTH = 8192;
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const SCHEME = new RegExp(`[\\s,]*(${TOKEN})(?=\\s|,|$)`, 'y');
const PARAMETER = new RegExp(`[\\s,]*(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))`, 'y');

interface RawChallenge {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Every challenge of a line up to the first thing that is none. Source: RFC 9110, 11.6.1. */
function split(line: string): RawChallenge[] {
  const found: RawChallenge[] = [];
  let at = 0;
  for (;;) {
    const parameter = match(PARAMETER, line, at);
    const last = found.at(-1);
    if (parameter !== null && last !== undefined) {
      const [whole, name = '', quoted, bare = ''] = parameter;
      const key = name.toLowerCase();
      // The first of two wins: a later one could only be there to mislead.
      if (!last.parameters.has(key)) last.parameters.set(key, quoted?.replace(/\\(.)/g, '$1') ?? bare);
      at += whole.length;
      continue;
    }
    const scheme = match(SCHEME, line, at);
    if (scheme === null) return found;
    found.push({ scheme: (scheme[1] ?? '').toLowerCase(), parameters: new Map() });
    at += scheme[0].length;
  }
}

function usable({ scheme, parameters }: RawChallenge): Challenge | undefined {
  if (scheme === 'basic') return { scheme };
  const realm = parameters.get('realm');
  if (scheme !== 'bearer' || realm === undefined) return undefined;
  return { scheme, realm, service: parameters.get('service') };
}

/** The best challenge of the lines of a WWW-Authenticate header, Bearer before Basic; undefined when none can be met. */
export function parseChallenges(lines: readonly string[]): Challenge | undefined {
  const challenges = lines
    .filter((line) => line.length <= MAX_LENGTH)
    .flatMap(split)
    .map(usable)
    .filter((challenge) => challenge !== undefined);
  return challenges.find(({ scheme }) => scheme === 'bearer') ?? challenges[0];
}
