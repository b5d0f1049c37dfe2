import { ID_PREFIX } from './grammar.js';

/** What a user may have meant as an id: its first hex digits, at least four; null when it cannot be one. */
export const idPrefixOf = (text: string): string | null => ID_PREFIX.exec(text)?.[1] ?? null;
