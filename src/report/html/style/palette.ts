/**
 * The colours of the page, light and dark. Red against green is avoided: what passed is a quiet teal, what failed a strong
 * vermilion of another lightness, so that they differ without hue as well. Tests hold every text to a contrast of 4.5:1.
 */
export type Palette = Readonly<Record<ColorName, string>>;

export const COLOR_NAMES = [
  'paper',
  'surface',
  'ink',
  'muted',
  'hairline',
  'accent',
  'passed',
  'failed',
  'error',
  'skipped',
  'flaky',
  'passed-bar',
  'plus-paper',
  'minus-paper',
] as const;

export type ColorName = (typeof COLOR_NAMES)[number];

export const LIGHT: Palette = {
  paper: '#fdfdfc',
  surface: '#f3f4f3',
  ink: '#1b1e20',
  muted: '#595f64',
  hairline: '#d9dcdc',
  accent: '#0b5c8a',
  passed: '#1c7464',
  failed: '#b3300a',
  error: '#75379f',
  skipped: '#63696e',
  flaky: '#7d5200',
  'passed-bar': '#6ba598',
  'plus-paper': '#e2f0ec',
  'minus-paper': '#fae6de',
};

export const DARK: Palette = {
  paper: '#15181a',
  surface: '#1e2225',
  ink: '#e5e7e8',
  muted: '#a4abb1',
  hairline: '#34393d',
  accent: '#7cc0ea',
  passed: '#66c2ad',
  failed: '#ff9069',
  error: '#c9a0f3',
  skipped: '#a0a6ac',
  flaky: '#e0b04c',
  'passed-bar': '#3f8576',
  'plus-paper': '#17332c',
  'minus-paper': '#43231a',
};

/** Foregrounds of a terminal, legible on `surface` and on every background below; bright ones are the second eight. */
export const TERMINAL = {
  light: {
    front: ['#1b1e20', '#a3270a', '#22682b', '#735000', '#1d4f9c', '#84298a', '#0a6172', '#595f64'],
    bright: ['#595f64', '#b3300a', '#236b2d', '#7a5400', '#2458ad', '#8c2f92', '#0b6577', '#1b1e20'],
    back: ['#e2e4e4', '#fae2da', '#e0f0e0', '#f6ebcf', '#e0e9f8', '#f4e3f5', '#daeff3', '#ffffff'],
  },
  dark: {
    front: ['#a4abb1', '#ff9069', '#7fd08a', '#e0b04c', '#8ab8ff', '#e39be8', '#6fcfe0', '#d5d8da'],
    bright: ['#a4abb1', '#ffa98a', '#9be3a5', '#f0c76c', '#a9cbff', '#efb6f3', '#93e0ee', '#ffffff'],
    back: ['#0c0e0f', '#43231a', '#1a3420', '#3a2e10', '#1a2c4a', '#3a1f3d', '#123439', '#33383c'],
  },
} as const;
