/**
 * Finds the module specifiers of a TypeScript source: static, re-exporting, side-effect, dynamic and type imports.
 *
 * Not a parser: one pass of a regular expression whose alternatives swallow comments, templates and strings, so that
 * an import written inside one of them is not taken for real. A regular expression literal that holds a quote can
 * hide what follows on its line, which no import shares.
 */
const TOKENS = new RegExp(
  [
    String.raw`\/\/[^\n]*`,
    String.raw`\/\*[\s\S]*?\*\/`,
    String.raw`\x60(?:\\[\s\S]|[^\\\x60])*\x60`,
    String.raw`\b(?:import|export)\b[^'"\x60;=()]*?\bfrom\s*(?<quote>['"])(?<from>[^'"\n]+)\k<quote>`,
    String.raw`\bimport\s*\(?\s*(?<quote2>['"])(?<bare>[^'"\n]+)\k<quote2>`,
    String.raw`'(?:\\.|[^'\\\n])*'`,
    String.raw`"(?:\\.|[^"\\\n])*"`,
  ].join('|'),
  'g',
);

export function importsOf(source: string): string[] {
  const found: string[] = [];
  for (const { groups } of source.matchAll(TOKENS)) {
    const specifier = groups?.from ?? groups?.bare;
    if (specifier !== undefined) found.push(specifier);
  }
  return found;
}
