import { constants } from 'node:os';
import { nearest, quote } from '../../core/index.js';
import { usageError } from './values.js';

const NAMES = Object.keys(constants.signals) as NodeJS.Signals[];

/** `SIGQUIT`, `quit` or `3`; undefined for what is no signal, and for the real-time ones, which Node has no names for. */
function parseSignal(text: string): NodeJS.Signals | undefined {
  const upper = text.toUpperCase();
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  return NAMES.find((known) => known === name || String(constants.signals[known]) === text);
}

function ofFlag(text: string): NodeJS.Signals {
  const signal = parseSignal(text);
  if (signal !== undefined) return signal;
  const meant = nearest(text, NAMES);
  const ending = meant === undefined ? '; use a name such as SIGQUIT' : `; did you mean ${meant}?`;
  throw usageError(`--stop-signal: ${quote(text)} is not a signal${ending}`);
}

/** The flag's, else the image's if it is one that can be sent. @throws HotcellError `invalid-usage` for the flag's */
export function planStopSignal(flag: string | undefined, image: string | null): NodeJS.Signals | null {
  if (flag !== undefined) return ofFlag(flag);
  return image === null ? null : (parseSignal(image) ?? null);
}
