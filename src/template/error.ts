import { HotcellError } from '../core/index.js';

/** A place in a template, as an offset into its text. */
export type Offset = number;

/** What is wrong with a template and where; the place becomes line and column once the whole text is known. */
export class TemplateProblem extends Error {
  readonly at: Offset;

  constructor(at: Offset, message: string) {
    super(message);
    this.at = at;
  }
}

/** Line and column from 1, as editors count them. */
function position(text: string, at: Offset): string {
  const before = text.slice(0, at).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/** The result of `act`; its problem becomes an error that says where in `text`. */
export function locating<T>(text: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof TemplateProblem)) throw error;
    const message = `template ${position(text, error.at)}: ${error.message}`;
    throw new HotcellError({ code: 'invalid-usage', message, cause: error });
  }
}
