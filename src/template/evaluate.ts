import { nearest, quote } from '../core/index.js';
import { type Offset, TemplateProblem } from './error.js';
import type { TemplateFunction } from './functions.js';
import type { Branch, Call, Node, Operand, Pipe } from './nodes.js';
import { entriesOf, isFields, isTrue, kindOf, textOf } from './value.js';

/** Together they bound what a template of any size can come to. */
const MAX_STEPS = 1_000_000;
const MAX_OUTPUT = 16 * 1024 ** 2;

export interface EvaluateOptions {
  readonly functions: ReadonlyMap<string, TemplateFunction>;
  /** What becomes of a value's text on its way out; what the template says itself comes out as it is. */
  readonly show: (text: string) => string;
}

type Jump = 'break' | 'continue' | null;

interface Variable {
  readonly name: string;
  value: unknown;
}

/** The field's own name first, else the only one that differs in case: docker's `.ID` is our `id`. */
function fieldName(object: object, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  const folded = Object.keys(object).filter((key) => key.toLowerCase() === name.toLowerCase());
  return folded.length === 1 ? folded[0] : undefined;
}

class Evaluation {
  readonly #options: EvaluateOptions;
  #variables: Variable[];
  #output: string[] = [];
  #length = 0;
  #steps = 0;

  constructor(data: unknown, options: EvaluateOptions) {
    this.#options = options;
    this.#variables = [{ name: '', value: data }];
  }

  get text(): string {
    return this.#output.join('');
  }

  nodes(nodes: readonly Node[], dot: unknown): Jump {
    for (const node of nodes) {
      const jump = this.#node(node, dot);
      if (jump !== null) return jump;
    }
    return null;
  }

  #node(node: Node, dot: unknown): Jump {
    switch (node.kind) {
      case 'text':
        this.#write(node.text, 0);
        return null;
      case 'output':
        this.#print(node.pipe, dot);
        return null;
      case 'if':
      case 'with':
      case 'range':
        return this.#scoped(() => this.#branch(node, dot));
      default:
        return node.kind;
    }
  }

  #print(pipe: Pipe, dot: unknown): void {
    const value = this.#pipe(pipe, dot);
    if (pipe.variables.length === 0) this.#write(this.#options.show(textOf(value)), pipe.at);
  }

  #write(text: string, at: Offset): void {
    this.#length += text.length;
    if (this.#length > MAX_OUTPUT) throw new TemplateProblem(at, `gives more than ${MAX_OUTPUT} characters`);
    this.#output.push(text);
  }

  #scoped<T>(act: () => T): T {
    const outer = this.#variables.length;
    const result = act();
    this.#variables.length = outer;
    return result;
  }

  #branch(node: Branch, dot: unknown): Jump {
    if (node.kind === 'range') return this.#range(node, dot);
    const value = this.#pipe(node.pipe, dot);
    const inner = node.kind === 'with' ? value : dot;
    return isTrue(value) ? this.nodes(node.body, inner) : this.nodes(node.otherwise, dot);
  }

  #range({ pipe, body, otherwise }: Branch, dot: unknown): Jump {
    const entries = this.#entries(this.#calls(pipe, dot), pipe.at);
    let any = false;
    for (const [key, value] of entries) {
      any = true;
      this.#step(pipe.at);
      const jump = this.#scoped(() => {
        this.#bind(pipe, pipe.variables.length === 2 ? [key, value] : [value]);
        return this.nodes(body, value);
      });
      if (jump === 'break') break;
    }
    return any ? null : this.nodes(otherwise, dot);
  }

  *#entries(value: unknown, at: Offset): Generator<[unknown, unknown], void, undefined> {
    if (value === undefined || value === null) return;
    if (value instanceof Map) yield* entriesOf(value);
    else if (Array.isArray(value)) yield* value.entries();
    else if (typeof value === 'number') for (let index = 0; index < value; index++) yield [index, index];
    else throw new TemplateProblem(at, `range over ${kindOf(value)}; it goes over lists, maps and numbers`);
  }

  #pipe(pipe: Pipe, dot: unknown): unknown {
    const value = this.#calls(pipe, dot);
    this.#bind(pipe, [value]);
    return value;
  }

  #bind({ variables, assigns }: Pipe, values: readonly unknown[]): void {
    for (const [index, name] of variables.entries()) {
      const value = values[index];
      const old = assigns ? this.#variable(name) : undefined;
      if (old === undefined) this.#variables.push({ name, value });
      else old.value = value;
    }
  }

  #variable(name: string): Variable | undefined {
    return this.#variables.findLast((variable) => variable.name === name);
  }

  #calls({ calls: [first, ...later] }: Pipe, dot: unknown): unknown {
    let value = this.#call(first, dot, []);
    for (const call of later) value = this.#call(call, dot, [value]);
    return value;
  }

  #step(at: Offset): void {
    if (++this.#steps > MAX_STEPS) throw new TemplateProblem(at, `takes more than ${MAX_STEPS} steps`);
  }

  #call({ head, args, at }: Call, dot: unknown, piped: readonly unknown[]): unknown {
    this.#step(at);
    const evaluated = (): unknown[] => [...args.map((arg) => this.#operand(arg, dot)), ...piped];
    if (head.kind === 'function') return this.#function(head.name, at, { args, dot, piped, evaluated });
    if (head.kind === 'field') return this.#field(head, dot, evaluated());
    return this.#operand(head, dot);
  }

  #function(
    name: string,
    at: Offset,
    given: { args: readonly Operand[]; dot: unknown; piped: readonly unknown[]; evaluated: () => unknown[] },
  ): unknown {
    const { min, max, call } = this.#options.functions.get(name) ?? { min: 0, max: 0, call: () => undefined };
    const count = given.args.length + given.piped.length;
    if (count < min || count > max) {
      const wanted = max === Infinity ? `at least ${min}` : [...new Set([min, max])].join(' to ');
      throw new TemplateProblem(at, `${name} takes ${wanted} arguments, not ${count}`);
    }
    if (name === 'and' || name === 'or') return this.#until(name === 'or', given);
    const values = given.evaluated();
    try {
      return call(values);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
      throw new TemplateProblem(at, `${name}: ${error.message}`);
    }
  }

  #until(
    wanted: boolean,
    { args, dot, piped }: { args: readonly Operand[]; dot: unknown; piped: readonly unknown[] },
  ): unknown {
    let value: unknown;
    for (const arg of args) {
      value = this.#operand(arg, dot);
      if (isTrue(value) === wanted) return value;
    }
    return piped.length > 0 ? piped[0] : value;
  }

  #operand(operand: Operand, dot: unknown): unknown {
    switch (operand.kind) {
      case 'literal':
        return operand.value;
      case 'dot':
        return dot;
      case 'variable':
        return this.#variable(operand.name)?.value;
      case 'group':
        return this.#calls(operand.pipe, dot);
      case 'function':
        return this.#call({ head: operand, args: [], at: operand.at }, dot, []);
      case 'field':
        return this.#field(operand, dot, []);
    }
  }

  #field(operand: Extract<Operand, { kind: 'field' }>, dot: unknown, args: readonly unknown[]): unknown {
    const { of, name, at } = operand;
    const value = this.#member(this.#operand(of, dot), name, at);
    if (typeof value === 'function') {
      const result: unknown = value(...args);
      return result;
    }
    if (args.length > 0) throw new TemplateProblem(at, `.${name} takes no arguments`);
    return value;
  }

  #member(object: unknown, name: string, at: Offset): unknown {
    if (object === undefined || object === null) return undefined;
    if (object instanceof Map) return object.get(name);
    if (!isFields(object)) throw new TemplateProblem(at, `.${name}: ${kindOf(object)} has no fields`);
    const key = fieldName(object, name);
    if (key !== undefined) return object[key];
    const names = Object.keys(object);
    const meant = nearest(name, names);
    const hint = meant === undefined ? `; there are .${names.join(', .')}` : `; did you mean .${meant}?`;
    throw new TemplateProblem(at, `there is no field ${quote(`.${name}`)}${hint}`);
  }
}

/** @throws TemplateProblem */
export function evaluate(nodes: readonly Node[], data: unknown, options: EvaluateOptions): string {
  const evaluation = new Evaluation(data, options);
  evaluation.nodes(nodes, data);
  return evaluation.text;
}
