/** The only way in which this report makes HTML: whatever is not markup of ours is escaped on its way in. */

/**
 * Controls, characters that hide or reorder their neighbours, and lone surrogates, which no encoder can write. They are shown
 * as `\u{1b}`, as in every other report.
 */
const UNSAFE = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const SPECIAL = /[&<>"'`]/g;
const NEEDS_WORK = /[&<>"'`\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

const shown = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

/** Any text as what may stand between two tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  if (!NEEDS_WORK.test(text)) return text;
  return text.replace(UNSAFE, shown).replace(SPECIAL, (char) => REFERENCES[char] ?? '');
}

/** Text that is markup already. Made by {@link html} and {@link raw} only. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Html | string | number | null | undefined | false | readonly Part[];

export const NOTHING = new Html('');

/** Markup of ours; never for anything that came from outside. */
export const raw = (text: string): Html => new Html(text);

function textOf(part: Part): string {
  if (part instanceof Html) return part.text;
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'object') return part.map(textOf).join('');
  return escapeHtml(String(part));
}

/** Every value is escaped unless it is Html; null, undefined and false are nothing; lists are joined. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = strings[0] as string;
  // Thousands of pages are made of this: an iterator over the parts takes a third of the time.
  for (let index = 0; index < parts.length; index++)
    text += textOf(parts[index]) + (strings[index + 1] as string);
  return new Html(text);
}

/** JSON for a data block: without any `<` that could end it or begin a comment. */
export const blockJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/**
 * Markup in a data block, which is neither run nor rendered until the page's script takes it out. Nothing in it can end the
 * block or begin a comment: what comes from outside has no `<` any more, and of ours nobody writes scripts or comments.
 */
export const markupBlock = (id: string, { text }: Html): string =>
  `<script type="text/html" id="${id}">${text}</script>\n`;
