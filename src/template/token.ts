/** From text to pieces: what stands outside of `{{…}}`, and the tokens of each action. */
import { quote } from '../core/index.js';
import { type Offset, TemplateProblem } from './error.js';
import { unquote } from './unquote.js';

export type TokenKind = 'field' | 'dot' | 'variable' | 'word' | 'string' | 'number' | 'mark';

export interface Token {
  readonly kind: TokenKind;
  /** A field's and a variable's name without "." and "$", a string's value, otherwise what is written. */
  readonly text: string;
  readonly at: Offset;
  /** Whether a blank stands before it: `.A .B` are two fields, `.A.B` is one. */
  readonly spaced: boolean;
}

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[]; readonly at: Offset };

const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ['string', /"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])+'/y],
  ['number', /[+-]?(?:0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\p{L}_])/uy],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['dot', /\./y],
  ['mark', /:=|[=|(),]/y],
];

function matchAt(pattern: RegExp, text: string, at: Offset): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

const VALUES: Readonly<Partial<Record<TokenKind, (written: string, at: Offset) => string>>> = {
  field: (written) => written.slice(1),
  variable: (written) => written.slice(1),
  string: unquote,
};

function tokenAt(text: string, at: Offset, spaced: boolean): { token: Token; end: Offset } {
  for (const [kind, pattern] of RULES) {
    const written = matchAt(pattern, text, at);
    if (written === undefined) continue;
    const value = VALUES[kind]?.(written, at) ?? written;
    return { token: { kind, text: value, at, spaced }, end: at + written.length };
  }
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const isQuote = ['"', "'", '`'].includes(char);
  throw new TemplateProblem(at, isQuote ? 'the text in quotes does not end' : `unexpected ${quote(char)}`);
}

const OPEN = '{{';
const SPACE = /\s*/y;
/** "-" next to the braces takes the blanks on that side away; it needs one of its own, or it would be a sign. */
const CLOSE = /(?:\s+-)?\}\}/y;

interface Action {
  /** Null for a comment. */
  readonly tokens: readonly Token[] | null;
  readonly end: Offset;
  readonly trimsBefore: boolean;
  readonly trimsAfter: boolean;
}

function readComment(text: string, at: Offset): { tokens: null; end: Offset; close: string } {
  const end = text.indexOf('*/', at + 2);
  if (end < 0) throw new TemplateProblem(at, 'the comment does not end');
  const close = matchAt(CLOSE, text, end + 2);
  if (close === undefined) throw new TemplateProblem(end + 2, 'a comment is followed by }} at once');
  return { tokens: null, end: end + 2 + close.length, close };
}

function readTokens(text: string, start: Offset): { tokens: Token[]; end: Offset; close: string } {
  const tokens: Token[] = [];
  for (let at = start; ; ) {
    const close = matchAt(CLOSE, text, at) ?? '';
    if (close !== '') return { tokens, end: at + close.length, close };
    const space = matchAt(SPACE, text, at)?.length ?? 0;
    if (space > 0 && matchAt(CLOSE, text, at + space) !== undefined) {
      at += space;
      continue;
    }
    if (at + space >= text.length) throw new TemplateProblem(start - OPEN.length, '{{ without }}');
    const { token, end } = tokenAt(text, at + space, space > 0 || at === start);
    tokens.push(token);
    at = end;
  }
}

function readAction(text: string, open: Offset): Action {
  const inside = open + OPEN.length;
  const trimsBefore = /^-\s/.test(text.slice(inside, inside + 2));
  const start = trimsBefore ? inside + 1 : inside;
  const content = start + (trimsBefore ? (matchAt(SPACE, text, start)?.length ?? 0) : 0);
  const isComment = text.startsWith('/*', content);
  const { tokens, end, close } = isComment ? readComment(text, content) : readTokens(text, start);
  return { tokens, end, trimsBefore, trimsAfter: close.includes('-') };
}

/** @throws TemplateProblem */
export function split(text: string): Piece[] {
  const pieces: Piece[] = [];
  let trims = false;
  const push = (raw: string): void => {
    const kept = trims ? raw.trimStart() : raw;
    if (kept !== '') pieces.push({ kind: 'text', text: kept });
  };
  for (let at = 0; ; ) {
    const open = text.indexOf(OPEN, at);
    if (open < 0) {
      push(text.slice(at));
      return pieces;
    }
    const action = readAction(text, open);
    const before = text.slice(at, open);
    push(action.trimsBefore ? before.trimEnd() : before);
    if (action.tokens !== null) pieces.push({ kind: 'action', tokens: action.tokens, at: open });
    trims = action.trimsAfter;
    at = action.end;
  }
}
