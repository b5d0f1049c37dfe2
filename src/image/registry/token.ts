import * as z from 'zod';
import type { Clock } from '../../core/index.js';
import { quote } from '../../core/index.js';
import { readBounded } from './body.js';
import { RegistryFault } from './fault.js';
import { follow } from './follow.js';
import { bytesBody, type Fetcher, type HttpRequest, type HttpResponse, header } from './http.js';
import type { Credentials } from './login.js';
import type { Policy, Target } from './policy.js';
import { basic, loginHint, statusFault } from './status-fault.js';

const CLIENT = 'hotcell';
const MAX_ANSWER_BYTES = 256 * 1024;
/** What the protocol grants when a server does not say, and the least that it may mean. */
const DEFAULT_LIFE_S = 60;
const MAX_LIFE_S = 24 * 60 * 60;
/** A token is given up before its end, so that it does not end on the way. */
const LEEWAY = 0.9;
/** What may stand in a header, and no more of it than servers read. */
const TOKEN = /^[\x21-\x7e]{1,32768}$/;

const answer = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().optional(),
});

export interface Token {
  readonly text: string;
  /** On the clock's scale. */
  readonly untilMs: number;
}

export interface TokenQuestion {
  readonly registry: URL;
  /** The host as in references, for advice. */
  readonly domain: string;
  readonly realm: string;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  readonly credentials: Credentials;
}

export interface TokenTools {
  readonly fetcher: Fetcher;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

function parameters({ service, scopes }: TokenQuestion): [string, string][] {
  const named: [string, string][] = service === undefined ? [] : [['service', service]];
  return [...named, ['client_id', CLIENT], ...scopes.map((scope): [string, string] => ['scope', scope])];
}

/** The older way: GET, with the password in a header. */
function byPassword(question: TokenQuestion, { url, reach }: Target, signal: AbortSignal): HttpRequest {
  const { credentials } = question;
  const asked = new URL(url);
  for (const [name, value] of parameters(question)) asked.searchParams.append(name, value);
  if (credentials.kind !== 'password') return { method: 'GET', url: asked, headers: {}, reach, signal };
  asked.searchParams.append('account', credentials.username);
  return { method: 'GET', url: asked, headers: { authorization: basic(credentials) }, reach, signal };
}

/** The OAuth2 way: POST, with the identity token in the body. */
function byIdentity(
  question: TokenQuestion,
  token: string,
  { url, reach, signal }: Omit<HttpRequest, 'method' | 'headers'>,
): HttpRequest {
  const named = parameters(question).filter(([name]) => name !== 'scope');
  const form = new URLSearchParams([
    ['grant_type', 'refresh_token'],
    ['refresh_token', token],
    ...named,
    ['scope', question.scopes.join(' ')],
  ]);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url, headers, body: bytesBody(Buffer.from(form.toString())), reach, signal };
}

function request(question: TokenQuestion, target: Target, signal: AbortSignal): HttpRequest {
  const { credentials } = question;
  if (credentials.kind !== 'identity') return byPassword(question, target, signal);
  return byIdentity(question, credentials.token, { ...target, signal });
}

async function parse(response: HttpResponse): Promise<z.output<typeof answer>> {
  const bytes = await readBounded(response, { maxBytes: MAX_ANSWER_BYTES, what: 'token' });
  try {
    return answer.parse(JSON.parse(bytes.toString()));
  } catch {
    const type = header(response, 'content-type') ?? 'nothing known';
    const problem = `did not answer with a token but with ${quote(type)}`;
    throw new RegistryFault({ host: response.url.host, problem });
  }
}

/**
 * Gets a token for the scopes.
 *
 * @throws RegistryFault of the token server's
 */
export async function fetchToken(question: TokenQuestion, tools: TokenTools): Promise<Token> {
  const { fetcher, policy, clock, signal } = tools;
  const target = await policy.target(question.registry, question.realm);
  const startMs = clock.nowMs();
  const response = await follow(fetcher, policy, request(question, target, signal));
  if (response.status !== 200) throw await refusal(response, question);
  const { token, access_token: accessToken, expires_in: life } = await parse(response);
  const text = token ?? accessToken ?? '';
  if (!TOKEN.test(text)) {
    throw new RegistryFault({ host: target.url.host, problem: 'answered with a token that cannot be one' });
  }
  const lifeS = Math.min(Math.max(life ?? DEFAULT_LIFE_S, DEFAULT_LIFE_S), MAX_LIFE_S);
  return { text, untilMs: startMs + lifeS * 1000 * LEEWAY };
}

async function refusal(
  response: HttpResponse,
  { domain, credentials }: TokenQuestion,
): Promise<RegistryFault> {
  const hint = [400, 401, 403].includes(response.status) ? loginHint(domain, credentials) : undefined;
  return statusFault(response, { hint, who: 'asked for a token, ' });
}
