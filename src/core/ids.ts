import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from './clock.js';

/** Crockford's base 32 in lower case: in ASCII order, and without letters that look like digits. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_LENGTH = 10;
const RANDOM_LENGTH = 16;

function encodeTime(ms: number): string {
  let rest = ms;
  let text = '';
  for (let i = 0; i < TIME_LENGTH; i++) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/**
 * A new id: 26 characters of `[0-9a-z]`, ten of which are the time in milliseconds and sixteen 80 random bits, so that
 * ids sort by time, cannot be guessed and never repeat. Source: https://github.com/ulid/spec (in lower case).
 */
export function newId(clock: Clock = systemClock): string {
  let text = encodeTime(clock.date().getTime());
  for (const byte of randomBytes(RANDOM_LENGTH)) text += ALPHABET.charAt(byte % 32);
  return text;
}
