import { RegistryFault } from './fault.js';
import { type HttpResponse, header } from './http.js';
import type { Credentials } from './login.js';
import { serverWords } from './server-words.js';

/** Answers after which the same request may go better. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const MAX_SECONDS_DIGITS = 9;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/;

export const basic = ({ username, password }: { username: string; password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** What to do when a host wants to know who asks, or does not like the answer. */
export function loginHint(domain: string, { kind }: Credentials): string {
  return kind === 'anonymous'
    ? `log in with: docker login ${domain}`
    : `the login in docker's config file was not accepted; log in again with: docker login ${domain}`;
}

const HINTS: ReadonlyMap<number, string> = new Map([
  [413, 'the registry, or a proxy before it, limits the size of uploads'],
  [429, 'too many requests; wait, or log in with docker login'],
]);

/** Milliseconds of a Retry-After header, in seconds or as a date; undefined when it says nothing. */
export function retryAfterMs(response: HttpResponse, now: Date): number | undefined {
  const text = header(response, 'retry-after');
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) {
    return text.length > MAX_SECONDS_DIGITS ? Number.MAX_SAFE_INTEGER : Number(text) * 1000;
  }
  // Date.parse alone would find a date in "-5".
  const at = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

export interface StatusContext {
  readonly hint?: string | undefined;
  /** Before "answered". */
  readonly who?: string | undefined;
  readonly now?: Date | undefined;
}

/** The fault for an answer that was not to come; reads what it says, and ends it. */
export async function statusFault(
  response: HttpResponse,
  { hint, who = '', now = new Date() }: StatusContext = {},
): Promise<RegistryFault> {
  const { status, url } = response;
  return new RegistryFault({
    host: url.host,
    problem: `${who}answered ${await serverWords(response)}`,
    hint: hint ?? HINTS.get(status),
    status,
    transient: TRANSIENT.has(status),
    retryAfterMs: retryAfterMs(response, now),
  });
}
