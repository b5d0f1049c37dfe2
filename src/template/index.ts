/**
 * Templates in the language of docker's --format: Go's text/template, as far as it is of use for printing data. Not there: `define`,
 * `template` and `block`, and functions for other languages (`html`, `js`, `urlquery`).
 */
import { locating } from './error.js';
import { evaluate } from './evaluate.js';
import { FUNCTIONS, type TemplateFunction } from './functions.js';
import { parse } from './parse.js';
import { sprintf } from './printf.js';

export interface Template {
  /**
   * The text for `data`: a plain object has fields, a Map is data by key, a function is called with the arguments that follow it.
   *
   * @throws HotcellError `invalid-usage` with line and column, where the template asks for what the data has not
   */
  render(data: unknown): string;
  /** The same with the titles of columns as data, which functions leave as they are. @throws as `render` */
  renderTitles(titles: unknown): string;
}

export interface TemplateOptions {
  /** What becomes of a value's text on its way out. */
  readonly show?: ((text: string) => string) | undefined;
}

const passesTitle = { min: 1, max: Infinity, call: firstText };
const isNever = { min: 1, max: Infinity, call: () => false };

function firstText(args: readonly unknown[]): unknown {
  return args.find((arg) => typeof arg === 'string');
}

/** A title is text, whatever the column holds. */
const titlePrintf: TemplateFunction = {
  min: 1,
  max: Infinity,
  call: ([format, ...titles]) =>
    sprintf(String(format).replace(/%([-+ 0#]*\d*)(?:\.\d*)?[a-zA-Z]/g, '%$1s'), titles),
};

const FORMATTING = [
  'json',
  'upper',
  'lower',
  'title',
  'split',
  'join',
  'pad',
  'truncate',
  'len',
  'slice',
  'index',
];
const COMPARING = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'];

const TITLE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map([
  ...FUNCTIONS,
  ...FORMATTING.map((name) => [name, passesTitle] as const),
  ...COMPARING.map((name) => [name, isNever] as const),
  ['printf', titlePrintf],
]);

/** @throws HotcellError `invalid-usage` with line and column */
export function compileTemplate(text: string, { show = (shown) => shown }: TemplateOptions = {}): Template {
  const nodes = locating(text, () => parse(text, [...FUNCTIONS.keys()]));
  const render = (data: unknown, functions: typeof FUNCTIONS): string =>
    locating(text, () => evaluate(nodes, data, { functions, show }));
  return {
    render: (data) => render(data, FUNCTIONS),
    renderTitles: (titles) => render(titles, TITLE_FUNCTIONS),
  };
}
