/** What the cells of lists have in common, whatever is listed. */

/** The first characters and an ellipsis, in `max` characters, where there are more and they are to be cut. */
export function shortened(text: string, max: number, truncates: boolean): string {
  const chars = Array.from(text);
  return truncates && chars.length > max ? `${chars.slice(0, max - 1).join('')}…` : text;
}

/** In UTC, in docker's form, which sorts. */
export const timeCell = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} +0000 UTC`;

/** What only a template can ask for stays out of JSON and of what `{{.}}` prints. */
export function withHidden(fields: object, hidden: Readonly<Record<string, unknown>>): object {
  const entries = Object.entries(hidden).map(([key, value]) => [key, { value, enumerable: false }]);
  return Object.defineProperties({ ...fields }, Object.fromEntries(entries));
}
