import type { Authorizer } from './authorizer.js';
import { type ReadLimits, readBounded } from './body.js';
import { RegistryFault } from './fault.js';
import { follow } from './follow.js';
import type { Fetcher, HttpResponse, Method, RequestBody, RequestHeaders } from './http.js';
import type { Policy, Target } from './policy.js';
import { type RetryTools, retrying } from './retry.js';
import { statusFault } from './status-fault.js';
import { isRefused } from './transport-fault.js';

export interface Call {
  readonly method: Method;
  /** Below the registry's `/v2/`, or a place that it has named. */
  readonly to: string | Target;
  /** What a token must allow: `repository:NAME:pull,push`. */
  readonly scopes: readonly string[];
  readonly headers?: RequestHeaders | undefined;
  readonly body?: RequestBody | undefined;
  /** The statuses that are an answer; every other one is a fault. */
  readonly expect: readonly number[];
  /** False for calls that must not simply be made again; their caller knows how to go on. */
  readonly retry?: boolean | undefined;
  /** The server may have much to do before it can answer, such as to put an upload together. */
  readonly patient?: boolean | undefined;
}

export interface SessionOptions extends RetryTools {
  readonly registry: URL;
  readonly fetcher: Fetcher;
  readonly policy: Policy;
  readonly authorizer: Authorizer;
}

export interface Answer {
  readonly response: HttpResponse;
  readonly bytes: Buffer;
}

/** Calls to one registry: with credentials, redirects and retries. */
export class Session {
  readonly #options: SessionOptions;
  #answered = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get host(): string {
    return this.#options.registry.host;
  }

  get policy(): Policy {
    return this.#options.policy;
  }

  get retryTools(): RetryTools {
    return this.#options;
  }

  /** @throws RegistryFault for a status that is not expected, and for everything that goes wrong on the way */
  call(call: Call): Promise<HttpResponse> {
    const attempt = (): Promise<HttpResponse> => this.#attempt(call);
    return call.retry === false ? attempt() : retrying(attempt, this.#options);
  }

  /** A call and its whole body, which is small; both are made again when the body breaks off. */
  read(call: Call, limits: ReadLimits): Promise<Answer> {
    return retrying(async () => {
      const response = await this.#attempt(call);
      return { response, bytes: await readBounded(response, limits) };
    }, this.#options);
  }

  async #attempt(call: Call): Promise<HttpResponse> {
    const response = await this.#withCredentials(call).catch((error: unknown) => {
      throw this.#judge(error);
    });
    this.#answered = true;
    if (call.expect.includes(response.status)) return response;
    if (response.status === 401 && this.policy.isRegistry(response.url)) {
      throw await this.#options.authorizer.refusal(response);
    }
    throw await statusFault(response, { now: this.#options.internals.clock.date() });
  }

  /** A host that refuses connections is being restarted if it answered before, else most likely not there. */
  #judge(error: unknown): unknown {
    if (!(error instanceof RegistryFault) || !isRefused(error) || !this.#answered) return error;
    const { host, problem, hint, cause } = error;
    return new RegistryFault({ host, problem, hint, cause, transient: true });
  }

  async #withCredentials(call: Call): Promise<HttpResponse> {
    const { authorizer } = this.#options;
    const target = this.#target(call.to);
    // Whom the registry sends us to by an upload's location must never see who we are.
    if (!this.policy.isRegistry(target.url)) return this.#exchange(call, target, undefined);
    const authorization = await authorizer.authorization(call.scopes);
    const response = await this.#exchange(call, target, authorization);
    if (response.status !== 401 || !this.policy.isRegistry(response.url)) return response;
    const renewed = await authorizer.renew(response, call.scopes, authorization);
    await response.discard();
    return this.#exchange(call, target, renewed);
  }

  #target(to: string | Target): Target {
    if (typeof to !== 'string') return to;
    return this.policy.own(new URL(`/v2/${to}`, this.#options.registry));
  }

  #exchange(call: Call, { url, reach }: Target, authorization: string | undefined): Promise<HttpResponse> {
    const { fetcher, policy, signal } = this.#options;
    const { method, body, patient } = call;
    const headers = {
      'user-agent': 'hotcell',
      'accept-encoding': 'identity',
      ...call.headers,
      ...(authorization === undefined ? {} : { authorization }),
    };
    return follow(fetcher, policy, { method, url, headers, body, reach, signal, patient });
  }
}
