/**
 * What XML 1.0 does not allow at all, not even as a reference (https://www.w3.org/TR/xml/#charsets), and the C1 controls,
 * which it allows and advises against. They are shown, as everywhere else, as `\u{1b}`.
 */
const FORBIDDEN = /[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const shown = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  // Alone it would do no harm, but "]]>" may not stand in text.
  '>': '&gt;',
  '"': '&quot;',
  // A parser makes blanks of these in an attribute, and new lines of a carriage return in text.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

const reference = (char: string): string => REFERENCES[char] ?? char;

/** Any text as what stands between two tags. */
export const xmlText = (text: string): string =>
  text.replace(FORBIDDEN, shown).replace(/[&<>\r]/g, reference);

/** Attributes with their leading blank: ` name="value"`; those that are null are left out. */
export function xmlAttributes(values: Readonly<Record<string, string | number | null>>): string {
  return Object.entries(values)
    .filter((entry): entry is [string, string | number] => entry[1] !== null)
    .map(([name, value]) => ` ${name}="${attribute(String(value))}"`)
    .join('');
}

const attribute = (text: string): string =>
  text.replace(FORBIDDEN, shown).replace(/[&<>"\t\n\r]/g, reference);
