/** A template as a tree. */
import type { Offset } from './error.js';

interface Located {
  readonly at: Offset;
}

export type Operand = Located &
  (
    | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
    | { readonly kind: 'dot' }
    | { readonly kind: 'variable'; readonly name: string }
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'group'; readonly pipe: Pipe }
    | { readonly kind: 'field'; readonly of: Operand; readonly name: string }
  );

/** A function or a field with its arguments, or a value on its own. */
export interface Call extends Located {
  readonly head: Operand;
  readonly args: readonly Operand[];
}

/** Each call gets what the one before it gives as its last argument. */
export interface Pipe extends Located {
  /** Variables that get the result; of two, which only `range` has, the first gets the index or key. */
  readonly variables: readonly string[];
  /** Whether they are there already. */
  readonly assigns: boolean;
  readonly calls: readonly [Call, ...Call[]];
}

export interface Branch extends Located {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipe: Pipe;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly pipe: Pipe }
  | Branch
  | (Located & { readonly kind: 'break' | 'continue' });
