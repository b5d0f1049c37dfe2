import { nearest, quote } from '../core/index.js';
import { type Offset, TemplateProblem } from './error.js';
import type { Branch, Node, Operand } from './nodes.js';
import { parsePipe, type Scope } from './pipe.js';
import { type Piece, split, type Token } from './token.js';

const MAX_CHARACTERS = 65_536;
const MAX_DEPTH = 64;

const BRANCHES: readonly string[] = ['if', 'with', 'range'] satisfies Branch['kind'][];
const isBranch = (word: string): word is Branch['kind'] => BRANCHES.includes(word);

/** Words of Go's templates for templates that are made of several. */
const UNSUPPORTED: readonly string[] = ['define', 'template', 'block'];

interface Block {
  readonly nodes: readonly Node[];
  /** What ended it: `else` or `end` with what follows it, or nothing at the end of the text. */
  readonly end: {
    readonly word: 'else' | 'end';
    readonly rest: readonly Token[];
    readonly at: Offset;
  } | null;
}

class Parser {
  readonly #pieces: readonly Piece[];
  readonly #functions: readonly string[];
  #next = 0;
  #depth = 0;

  constructor(pieces: readonly Piece[], functions: readonly string[]) {
    this.#pieces = pieces;
    this.#functions = functions;
  }

  block(scope: Scope): Block {
    const nodes: Node[] = [];
    for (let piece = this.#pieces[this.#next++]; piece !== undefined; piece = this.#pieces[this.#next++]) {
      if (piece.kind === 'text') {
        nodes.push(piece);
        continue;
      }
      const [first, ...rest] = piece.tokens;
      if (first?.kind === 'word' && (first.text === 'else' || first.text === 'end')) {
        return { nodes, end: { word: first.text, rest, at: first.at } };
      }
      nodes.push(this.#action(piece, scope));
    }
    return { nodes, end: null };
  }

  #action({ tokens, at }: Extract<Piece, { kind: 'action' }>, scope: Scope): Node {
    const [first, ...rest] = tokens;
    if (first === undefined) throw new TemplateProblem(at, 'an empty {{}}');
    if (first.kind === 'word' && isBranch(first.text))
      return this.#branch(first.text, rest, { at: first.at, scope });
    if (first.kind === 'word' && (first.text === 'break' || first.text === 'continue')) {
      return this.#jump(first.text, rest, { at: first.at, scope });
    }
    if (first.kind === 'word' && UNSUPPORTED.includes(first.text)) {
      throw new TemplateProblem(first.at, `${first.text} is not supported`);
    }
    return { kind: 'output', pipe: this.#pipe(tokens, scope, at) };
  }

  #jump(
    kind: 'break' | 'continue',
    rest: readonly Token[],
    { at, scope }: { at: Offset; scope: Scope },
  ): Node {
    const [extra] = rest;
    if (extra !== undefined)
      throw new TemplateProblem(extra.at, `unexpected ${quote(extra.text)} after ${kind}`);
    if (!scope.inRange) throw new TemplateProblem(at, `${kind} outside of range`);
    return { kind, at };
  }

  #branch(
    kind: Branch['kind'],
    tokens: readonly Token[],
    { at, scope }: { at: Offset; scope: Scope },
  ): Branch {
    if (++this.#depth > MAX_DEPTH) throw new TemplateProblem(at, `nested deeper than ${MAX_DEPTH}`);
    const inner: Scope = { variables: [...scope.variables], inRange: scope.inRange };
    const pipe = this.#pipe(tokens, inner, at, kind === 'range' ? 2 : 1);
    const body = this.block({ variables: [...inner.variables], inRange: scope.inRange || kind === 'range' });
    const otherwise = this.#otherwise(kind, body.end, { at, scope: inner });
    this.#depth--;
    return { kind, at, pipe, body: body.nodes, otherwise };
  }

  #otherwise(
    kind: Branch['kind'],
    end: Block['end'],
    { at, scope }: { at: Offset; scope: Scope },
  ): readonly Node[] {
    if (end === null) throw new TemplateProblem(at, `${kind} without end`);
    const [next, ...rest] = end.rest;
    if (end.word === 'end') {
      if (next !== undefined) throw new TemplateProblem(next.at, `unexpected ${quote(next.text)} after end`);
      return [];
    }
    // `else if` is an if inside of else, and both have one end.
    if (next?.kind === 'word' && next.text === kind && kind !== 'range') {
      return [this.#branch(kind, rest, { at: next.at, scope })];
    }
    if (next !== undefined) throw new TemplateProblem(next.at, `unexpected ${quote(next.text)} after else`);
    const { nodes, end: last } = this.block({ ...scope, variables: [...scope.variables] });
    if (last?.word !== 'end')
      throw new TemplateProblem(last?.at ?? at, last ? 'a second else' : `${kind} without end`);
    return nodes;
  }

  #pipe(tokens: readonly Token[], scope: Scope, at: Offset, variables = 1) {
    return parsePipe(tokens, {
      scope,
      at,
      maxVariables: variables,
      checkFunction: (word) => this.#known(word),
    });
  }

  #known({ text, at }: Token): Operand {
    if (this.#functions.includes(text)) return { kind: 'function', name: text, at };
    const meant = nearest(text, this.#functions);
    const hint =
      meant === undefined ? `; there are ${this.#functions.join(', ')}` : `; did you mean ${quote(meant)}?`;
    throw new TemplateProblem(at, `unknown function ${quote(text)}${hint}`);
  }
}

/** @throws TemplateProblem */
export function parse(text: string, functions: readonly string[]): readonly Node[] {
  if (text.length > MAX_CHARACTERS) throw new TemplateProblem(0, `longer than ${MAX_CHARACTERS} characters`);
  const { nodes, end } = new Parser(split(text), functions).block({ variables: [''], inRange: false });
  if (end !== null) throw new TemplateProblem(end.at, `${end.word} without if, with or range`);
  return nodes;
}
