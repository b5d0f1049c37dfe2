import { quote } from '../core/index.js';
import { type Offset, TemplateProblem } from './error.js';
import type { Call, Operand, Pipe } from './nodes.js';
import type { Token } from './token.js';

/** What holds where a pipe stands; a variable that the pipe declares is added. */
export interface Scope {
  readonly variables: string[];
  readonly inRange: boolean;
}

interface PipeContext {
  readonly scope: Scope;
  readonly at: Offset;
  readonly maxVariables: number;
  readonly checkFunction: (word: Token) => Operand;
}

const MAX_DEPTH = 64;

const isMark = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'mark' && token.text === text;

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['nil', null],
]);

class PipeParser {
  readonly #tokens: readonly Token[];
  readonly #context: PipeContext;
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], context: PipeContext) {
    this.#tokens = tokens;
    this.#context = context;
  }

  whole(): Pipe {
    const pipe = this.#declared();
    const extra = this.#peek();
    if (extra !== undefined) throw new TemplateProblem(extra.at, `unexpected ${quote(extra.text)}`);
    return pipe;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #skip(text: string): boolean {
    if (!isMark(this.#peek(), text)) return false;
    this.#next++;
    return true;
  }

  /** `$x := …`, `$x = …`, and for range `$key, $value := …`. */
  #declared(): Pipe {
    const names = this.#names();
    if (names === null) return this.#pipe([], false);
    const assigns = !isMark(this.#tokens[this.#next - 1], ':=');
    const pipe = this.#pipe(names, assigns);
    if (!assigns) this.#context.scope.variables.push(...names);
    return pipe;
  }

  #names(): string[] | null {
    const sign = this.#tokens.findIndex((token) => isMark(token, ':=') || isMark(token, '='));
    if (sign < 0) return null;
    const left = this.#tokens.slice(0, sign);
    const names = left.filter((_, index) => index % 2 === 0);
    const isList = left.every((token, index) =>
      index % 2 === 0 ? token.kind === 'variable' : isMark(token, ','),
    );
    const { at, text } = this.#tokens[sign] ?? { at: this.#context.at, text: '' };
    if (!isList || left.length % 2 === 0 || names.length > this.#context.maxVariables) {
      throw new TemplateProblem(at, `${quote(text)} needs a variable before it, such as $x`);
    }
    if (text === '=') for (const name of names) this.#checkVariable(name);
    this.#next = sign + 1;
    return names.map((name) => name.text);
  }

  #pipe(variables: readonly string[], assigns: boolean): Pipe {
    const at = this.#peek()?.at ?? this.#context.at;
    if (++this.#depth > MAX_DEPTH) throw new TemplateProblem(at, `nested deeper than ${MAX_DEPTH}`);
    const calls: [Call, ...Call[]] = [this.#call()];
    while (this.#skip('|')) calls.push(this.#laterCall());
    this.#depth--;
    return { at, variables, assigns, calls };
  }

  #laterCall(): Call {
    const call = this.#call();
    const takes = call.head.kind === 'function' || call.head.kind === 'field';
    if (!takes) throw new TemplateProblem(call.at, 'only a function may stand after "|"');
    return call;
  }

  #call(): Call {
    const head = this.#operand();
    const args: Operand[] = [];
    for (let token = this.#peek(); token !== undefined && this.#begins(token); token = this.#peek()) {
      args.push(this.#operand());
    }
    const takes = head.kind === 'function' || head.kind === 'field';
    const [first] = args;
    if (!takes && first !== undefined) throw new TemplateProblem(first.at, 'only a function takes arguments');
    return { at: head.at, head, args };
  }

  #begins(token: Token): boolean {
    return token.kind !== 'mark' || token.text === '(';
  }

  #operand(): Operand {
    let operand = this.#term();
    for (let token = this.#peek(); token?.kind === 'field' && !token.spaced; token = this.#peek()) {
      operand = { kind: 'field', of: operand, name: token.text, at: token.at };
      this.#next++;
    }
    return operand;
  }

  #term(): Operand {
    const token = this.#tokens[this.#next++];
    if (token === undefined) throw new TemplateProblem(this.#context.at, 'a value is missing');
    const { kind, text, at } = token;
    switch (kind) {
      case 'field':
        return { kind: 'field', of: { kind: 'dot', at }, name: text, at };
      case 'dot':
        return { kind: 'dot', at };
      case 'variable':
        this.#checkVariable(token);
        return { kind: 'variable', name: text, at };
      case 'string':
        return { kind: 'literal', value: text, at };
      case 'number':
        return { kind: 'literal', value: Number(text), at };
      case 'word':
        return CONSTANTS.has(text)
          ? { kind: 'literal', value: CONSTANTS.get(text) ?? null, at }
          : this.#context.checkFunction(token);
      case 'mark':
        return this.#group(token);
    }
  }

  #group({ text, at }: Token): Operand {
    if (text !== '(') throw new TemplateProblem(at, `unexpected ${quote(text)}`);
    const pipe = this.#pipe([], false);
    if (!this.#skip(')')) throw new TemplateProblem(at, '( without )');
    return { kind: 'group', pipe, at };
  }

  #checkVariable({ text, at }: Token): void {
    if (this.#context.scope.variables.includes(text)) return;
    throw new TemplateProblem(at, `there is no variable ${quote(`$${text}`)}`);
  }
}

/** @throws TemplateProblem */
export function parsePipe(tokens: readonly Token[], context: PipeContext): Pipe {
  return new PipeParser(tokens, context).whole();
}
