import { CHART_STYLE } from './charts.js';
import { LIST_STYLE } from './list.js';
import { PAGE_STYLE } from './page.js';
import { DARK, LIGHT, type Palette, TERMINAL } from './palette.js';
import { TEXT_STYLE } from './text.js';

type Terminal = (typeof TERMINAL)['light' | 'dark'];

/** The colours as custom properties. */
function variables(palette: Palette, { front, bright, back }: Terminal): string {
  const entries = [
    ...Object.entries(palette),
    ...[...front, ...bright].map((color, index) => [`f${index}`, color] as const),
    ...back.map((color, index) => [`b${index}`, color] as const),
  ];
  return entries.map(([name, color]) => `--${name}:${color}`).join(';');
}

/** Bright backgrounds are the plain ones: text on them must stay legible. */
const terminalRules = Array.from(
  { length: 16 },
  (_, index) => `.f${index}{color:var(--f${index})}.b${index}{background:var(--b${index % 8})}`,
).join('\n');

const light = variables(LIGHT, TERMINAL.light);
const dark = variables(DARK, TERMINAL.dark);

const THEMES = `
:root{color-scheme:light;${light}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${dark}}}
:root[data-theme=dark]{color-scheme:dark;${dark}}
@media print{:root,:root[data-theme=dark]{color-scheme:light;${light}}}
`;

export const STYLE = [THEMES, TEXT_STYLE, PAGE_STYLE, CHART_STYLE, LIST_STYLE, terminalRules].join('\n');
