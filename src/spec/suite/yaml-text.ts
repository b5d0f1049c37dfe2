/**
 * From text to one YAML document, with bounds that hold while it is read: the parser is driven token by token, and stops
 * before it has built more than a suite may have. Source of the attacks: YAML bombs, deep nesting, endless flow collections.
 */
import { Composer, type Document, Lexer, LineCounter, Parser } from 'yaml';
import { invalidSpec } from '../../core/index.js';
import { SUITE_BOUNDS } from './bounds.js';
import { type Position, ProblemList } from './problem-list.js';

export interface YamlText {
  readonly problems: ProblemList;
  /** Undefined after a problem was added. */
  readonly document: Document.Parsed | undefined;
}

/** What the parser has on its stack besides one entry per level: the stream, the document, a scalar. */
const STACK_EXTRA = 4;

/** @throws HotcellError `invalid-spec` with a position beside it: see `stopped` */
class Bounded {
  offset = 0;
  readonly #parser: Parser;

  constructor(lines: LineCounter) {
    this.#parser = new Parser(lines.addNewLine);
  }

  *tokens(text: string) {
    let left: number = SUITE_BOUNDS.tokens;
    for (const lexeme of new Lexer().lex(text)) {
      yield* this.#parser.next(lexeme);
      left -= 1;
      this.offset = this.#parser.offset;
      if (left < 0) throw invalidSpec(`too large; at most ${SUITE_BOUNDS.tokens} YAML tokens`);
      if (this.#parser.stack.length > SUITE_BOUNDS.depth + STACK_EXTRA) {
        throw invalidSpec(`nested too deeply; at most ${SUITE_BOUNDS.depth} levels`);
      }
    }
    yield* this.#parser.end();
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

const lowered = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1);

function addErrors(document: Document.Parsed, problems: ProblemList): void {
  for (const { pos, message } of [...document.errors, ...document.warnings]) {
    problems.addAt(pos[0], lowered(message.split('\n', 1)[0] ?? message));
  }
  const { version, explicit } = document.directives.yaml;
  if (explicit === true && version !== '1.2') problems.addAt(0, `YAML ${version} is not understood; use 1.2`);
}

function onlyDocument(
  text: string,
  tokens: Iterable<never>,
  problems: ProblemList,
): Document.Parsed | undefined {
  const documents = [...new Composer(OPTIONS).compose(tokens, true, text.length)];
  for (const document of documents) addErrors(document, problems);
  const second = documents[1];
  if (second !== undefined)
    problems.addAt(second.range[0], 'a second document begins here; use one file per suite');
  return documents[0];
}

/** @param file what messages call it */
export function readYaml(text: string, file: string | null): YamlText {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const problems = new ProblemList(file, positionAt);
  const bounded = new Bounded(lines);
  let document: Document.Parsed | undefined;
  try {
    document = onlyDocument(text, bounded.tokens(text) as Iterable<never>, problems);
  } catch (error) {
    problems.attemptAt(bounded.offset, () => {
      throw error;
    });
  }
  return { problems, document: problems.problems.length > 0 ? undefined : document };
}
