import { quote } from '../../core/index.js';
import { usageError } from '../run/values.js';

/** The rest of an instruction of a Dockerfile, as words: quotes, backslashes and `$NAME` mean what they mean there. */
export interface WordOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Whether blanks end a word; otherwise there is one word at most. */
  readonly splits: boolean;
}

const VARIABLE = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/;

class Lexer {
  readonly #text: string;
  readonly #options: WordOptions;
  readonly #words: string[] = [];
  #at = 0;
  #word: string | null = null;

  constructor(text: string, options: WordOptions) {
    this.#text = text.trim();
    this.#options = options;
  }

  words(): string[] {
    while (this.#at < this.#text.length) this.#next();
    this.#end();
    return this.#words;
  }

  #next(): void {
    const char = this.#text[this.#at] ?? '';
    if (char === "'") this.#single();
    else if (char === '"') this.#double();
    else if (this.#options.splits && /\s/.test(char)) this.#blank();
    else this.#plain(char, /[\s\S]/);
  }

  #blank(): void {
    this.#end();
    this.#at++;
  }

  /** In single quotes everything is as it is written. */
  #single(): void {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end < 0) throw usageError(`${quote(this.#text)}: a quote is not closed`);
    this.#add(this.#text.slice(this.#at + 1, end));
    this.#at = end + 1;
  }

  #double(): void {
    this.#at++;
    this.#add('');
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) throw usageError(`${quote(this.#text)}: a quote is not closed`);
      if (char === '"') break;
      this.#plain(char, /["\\$]/);
    }
    this.#at++;
  }

  /** One character, an escaped one, or a variable. */
  #plain(char: string, escapable: RegExp): void {
    const next = this.#text[this.#at + 1];
    if (char === '\\' && next !== undefined && escapable.test(next)) this.#take(next, 2);
    else if (char === '$') this.#variable();
    else this.#take(char, 1);
  }

  #variable(): void {
    const rest = this.#text.slice(this.#at);
    const [written, plain, braced] = VARIABLE.exec(rest) ?? [];
    if (written === undefined && rest.startsWith('${')) {
      throw usageError(`${quote(rest)}: only $NAME and \${NAME} are known`);
    }
    const name = plain ?? braced ?? '';
    const { env } = this.#options;
    this.#take(
      written === undefined ? '$' : Object.hasOwn(env, name) ? (env[name] ?? '') : '',
      written?.length ?? 1,
    );
  }

  #take(text: string, length: number): void {
    this.#add(text);
    this.#at += length;
  }

  #add(text: string): void {
    this.#word = (this.#word ?? '') + text;
  }

  #end(): void {
    if (this.#word !== null) this.#words.push(this.#word);
    this.#word = null;
  }
}

/** @throws HotcellError `invalid-usage` */
export const wordsOf = (text: string, options: WordOptions): string[] => new Lexer(text, options).words();
