import type { Outcome } from '../../spec/index.js';
import { titleOf } from '../reporter.js';
import { failureBody, failureHow, failureTitle } from './failure.js';
import { counted, type Paint, shownTitle } from './paint.js';

/** Different ones, shown in full. */
const MAX_SHOWN = 30;
/** Further titles that are named for each. */
const MAX_TITLES = 3;

interface Group {
  readonly title: string;
  readonly body: readonly string[];
  /** How the first was run; the others, with other inputs, may have failed alike. */
  readonly how: readonly string[];
  readonly also: string[];
  count: number;
}

/** Failures as they are shown at the end. Those that differ in nothing but their title are shown once. */
export class Failures {
  readonly #paint: Paint;
  readonly #groups = new Map<string, Group>();
  #others = 0;

  constructor(paint: Paint) {
    this.#paint = paint;
  }

  add(outcome: Outcome): void {
    const body = failureBody(outcome, this.#paint);
    const key = body.join('\n');
    const group = this.#groups.get(key);
    if (group !== undefined) {
      group.count++;
      if (group.also.length < MAX_TITLES) group.also.push(titleOf(outcome));
    } else if (this.#groups.size < MAX_SHOWN) {
      const title = failureTitle(outcome, this.#paint);
      this.#groups.set(key, { title, body, how: failureHow(outcome, this.#paint), also: [], count: 1 });
    } else {
      this.#others++;
    }
  }

  lines(): string[] {
    const shown = [...this.#groups.values()].flatMap((group) => this.#group(group));
    if (shown.length === 0) return [];
    const { colors } = this.#paint;
    const rest =
      this.#others === 0
        ? []
        : [
            colors.dim(`  … ${counted(this.#others, 'further failure')}; a report in a file has them all`),
            '',
          ];
    return [colors.bold('Failures'), '', ...shown, ...rest];
  }

  #group({ title, body, how, also, count }: Group): string[] {
    const { colors, columns } = this.#paint;
    const named = also.map((other) => `      ${shownTitle(other, columns - 6)}`);
    const more = count - 1 - also.length;
    const same =
      count === 1
        ? []
        : [
            colors.dim(`    The same of ${counted(count - 1, 'other')}:`),
            ...named.map((line) => colors.dim(line)),
            ...(more > 0 ? [colors.dim(`      … ${more} more`)] : []),
          ];
    return [title, ...body, ...how, ...same, ''];
  }
}
