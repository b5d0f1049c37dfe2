import type { Clock } from '../../core/index.js';
import { type Challenge, parseChallenges } from './challenge.js';
import { RegistryFault } from './fault.js';
import type { HttpResponse } from './http.js';
import type { Credentials } from './login.js';
import { basic, loginHint, statusFault } from './status-fault.js';
import type { Token, TokenQuestion } from './token.js';

export interface AuthorizerOptions {
  readonly registry: URL;
  readonly domain: string;
  readonly clock: Clock;
  findCredentials(): Promise<Credentials>;
  fetchToken(question: TokenQuestion): Promise<Token>;
}

/** Who we are, for one registry: learns from the first refusal how it wants to be told, and keeps tokens. */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  #challenge: Challenge | undefined;
  #credentials: Promise<Credentials> | undefined;
  readonly #tokens = new Map<string, Promise<Token>>();

  constructor(options: AuthorizerOptions) {
    this.#options = options;
  }

  /** The Authorization header for requests of these scopes; undefined as long as none is known to be wanted. */
  async authorization(scopes: readonly string[]): Promise<string | undefined> {
    if (this.#challenge === undefined) return undefined;
    if (this.#challenge.scheme === 'bearer') return `Bearer ${(await this.#token(scopes)).text}`;
    const credentials = await this.#login();
    return credentials.kind === 'password' ? basic(credentials) : undefined;
  }

  /**
   * A header to try again with, after an answer of 401.
   *
   * @param refused the header that the refused request had
   * @throws RegistryFault when there is nothing else to try
   */
  async renew(
    response: HttpResponse,
    scopes: readonly string[],
    refused: string | undefined,
  ): Promise<string> {
    const challenge = parseChallenges(response.headers.get('www-authenticate') ?? []);
    if (challenge === undefined) throw await this.refusal(response, unknownWay(response));
    // Another request may have got a new token while this one was under way.
    const current = await this.authorization(scopes);
    if (current !== undefined && current !== refused) return current;
    this.#challenge = challenge;
    this.#tokens.delete(scopes.join(' '));
    const fresh = await this.authorization(scopes);
    if (fresh === undefined || fresh === refused) throw await this.refusal(response);
    return fresh;
  }

  /** The fault for a 401 that stays. */
  async refusal(response: HttpResponse, hint?: string): Promise<RegistryFault> {
    const credentials = await this.#login();
    return statusFault(response, { hint: hint ?? loginHint(this.#options.domain, credentials) });
  }

  async #token(scopes: readonly string[]): Promise<Token> {
    const key = scopes.join(' ');
    const known = this.#tokens.get(key);
    if (known !== undefined) {
      const token = await known;
      if (token.untilMs > this.#options.clock.nowMs()) return token;
      if (this.#tokens.get(key) !== known) return this.#token(scopes);
    }
    const fetched = this.#fetch(scopes);
    this.#tokens.set(key, fetched);
    // A failure is for who waits for it now; the next one asks again.
    fetched.catch(() => {
      if (this.#tokens.get(key) === fetched) this.#tokens.delete(key);
    });
    return fetched;
  }

  async #fetch(scopes: readonly string[]): Promise<Token> {
    const { registry, domain } = this.#options;
    const challenge = this.#challenge;
    if (challenge?.scheme !== 'bearer') {
      throw new RegistryFault({ host: registry.host, problem: 'changed how it wants to be logged in to' });
    }
    const { realm, service } = challenge;
    const credentials = await this.#login();
    return this.#options.fetchToken({ registry, domain, realm, service, scopes, credentials });
  }

  /** Read once, and only when somebody asks who we are: most pulls are of what everybody may have. */
  #login(): Promise<Credentials> {
    this.#credentials ??= this.#options.findCredentials();
    return this.#credentials;
  }
}

function unknownWay(response: HttpResponse): string {
  const said = response.headers.get('www-authenticate') ?? [];
  return said.length === 0
    ? 'it does not say how to log in; check that this is a registry'
    : 'it wants a login in a way that is not known here; Bearer and Basic are';
}
