/**
 * From text to one YAML document, with bounds that hold while it is read: the parser is driven token by token, and stops
 * before it has built more than a suite may have. Source of the attacks: YAML bombs, deep nesting, endless flow collections.
 */
import { Composer, CST, type Document, Lexer, Parser } from 'yaml';
import { invalidSpec } from '../../core/index.js';
import { printable } from '../text.js';
import { SUITE_BOUNDS } from './bounds.js';
import type { ProblemList } from './problem-list.js';

type ParserToken = CST.Token;

/** What the parser has on its stack besides one entry per level: the stream, the document, a scalar. */
const STACK_EXTRA = 4;

/** Called when an item of a list begins; it may take items out, but not the last three, which the parser may still add to. */
export type OnItem = (list: CST.BlockSequence) => void;

/** Whatever can be referred to from elsewhere, or refers to it. */
const LINKS: ReadonlySet<string | null> = new Set(['anchor', 'alias', 'tag', 'directive-line']);

/** The tokens of a text; stops with HotcellError `invalid-spec` at a bound, and `offset` says where that is. */
class BoundedTokens {
  offset = 0;
  readonly #parser = new Parser();
  #onItem: OnItem | undefined;

  constructor(onItem: OnItem | undefined) {
    this.#onItem = onItem;
  }

  *read(text: string): Generator<ParserToken> {
    let left: number = SUITE_BOUNDS.tokens;
    let errors: number = SUITE_BOUNDS.problems;
    for (const lexeme of new Lexer().lex(text)) {
      for (const token of this.#parser.next(lexeme)) {
        yield token;
        if (token.type === 'error') errors -= 1;
      }
      // The rest of a text that is no YAML at all would give an error for each of its characters.
      if (errors < 0) return;
      this.#tell(lexeme);
      left -= 1;
      this.#check(left);
    }
    yield* this.#parser.end();
  }

  /** Until the first link: from there on what belongs together need not stand together. */
  #tell(lexeme: string): void {
    if (this.#onItem === undefined) return;
    const type = CST.tokenType(lexeme);
    if (LINKS.has(type)) this.#onItem = undefined;
    const top = this.#parser.stack.at(-1);
    if (type === 'seq-item-ind' && top?.type === 'block-seq') this.#onItem?.(top);
  }

  #check(left: number): void {
    this.offset = this.#parser.offset;
    if (left < 0) throw invalidSpec(`too large; at most ${SUITE_BOUNDS.tokens} YAML tokens`);
    if (this.#parser.stack.length <= SUITE_BOUNDS.depth + STACK_EXTRA) return;
    throw invalidSpec(`nested too deeply; at most ${SUITE_BOUNDS.depth} levels`);
  }
}

/** Only what the 1.2 core schema knows; no tags that make other types, no merge keys. */
const OPTIONS = {
  version: '1.2',
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  // Compares each key with every other one; done when the tree is made instead.
  uniqueKeys: false,
  logLevel: 'silent',
} as const;

const MAX_MESSAGE = 200;

/** One line of ours from the parser's, which repeats parts of the text as they are. */
function oneLine(message: string): string {
  const line = printable(message.split('\n', 1)[0] ?? message);
  const short = line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)}…` : line;
  return short.charAt(0).toLowerCase() + short.slice(1);
}

function addErrors(document: Document.Parsed, problems: ProblemList): void {
  const found = [...document.errors, ...document.warnings].slice(0, SUITE_BOUNDS.problems);
  for (const { pos, message } of found) {
    problems.addAt(pos[0], oneLine(message));
  }
  const { version, explicit } = document.directives.yaml;
  if (explicit === true && version !== '1.2') problems.addAt(0, `YAML ${version} is not understood; use 1.2`);
}

/** Every error of a broken text is an object of its own, and costs ten times as much with its stack. */
function withoutStacks<Output>(action: () => Output): Output {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return action();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function onlyDocument(
  text: string,
  tokens: Iterable<ParserToken>,
  problems: ProblemList,
): Document.Parsed | undefined {
  let first: Document.Parsed | undefined;
  for (const document of new Composer(OPTIONS).compose(tokens, true, text.length)) {
    if (first === undefined) first = document;
    else {
      const message = 'a second document begins here; use one file per suite';
      problems.addAt(document.range[0], message);
      break;
    }
  }
  if (first !== undefined) addErrors(first, problems);
  return first;
}

/** The items of a list as a document of their own; undefined if there is anything wrong with them. */
export function readItems({ offset, indent }: CST.BlockSequence, items: CST.BlockSequence['items']): unknown {
  const value: CST.BlockSequence = { type: 'block-seq', offset, indent, items };
  const token: CST.Document = { type: 'document', offset, start: [], value };
  const [document] = new Composer(OPTIONS).compose([token]);
  const isRight = document?.errors.length === 0 && document.warnings.length === 0;
  return isRight ? document.contents : undefined;
}

/** The document; undefined after a problem was added. */
export function readYaml(text: string, problems: ProblemList, onItem?: OnItem): Document.Parsed | undefined {
  const bounded = new BoundedTokens(onItem);
  let document: Document.Parsed | undefined;
  try {
    document = withoutStacks(() => onlyDocument(text, bounded.read(text), problems));
  } catch (error) {
    problems.attemptAt(bounded.offset, () => {
      throw error;
    });
  }
  return problems.problems.length > 0 ? undefined : document;
}
