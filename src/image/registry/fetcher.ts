import { Readable } from 'node:stream';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { literalKind, type Reach } from './addresses.js';
import { paced } from './body.js';
import { authorities, type CertificateSource } from './certificates.js';
import { guardedLookup } from './guarded-lookup.js';
import type { Fetcher, HttpRequest, HttpResponse } from './http.js';
import type { Internals } from './internals.js';
import { Stall, watchedAnswer, watchedUpload } from './stall.js';

const PATIENCE = 10;
const CONNECT_MS = 10_000;
const MAX_HEADER_BYTES = 32 * 1024;
const MAX_DISCARDED_BYTES = 64 * 1024;
const DISCARD_MS = 1000;
/** Blobs under way, and the odd manifest or token beside them. */
const MAX_CONNECTIONS = 16;

export interface ConnectionOptions {
  readonly internals: Internals;
  readonly certificates: CertificateSource;
  /** Its certificates also hold for the hosts that it sends us to, as in docker. */
  readonly registryHost: string;
  readonly stallMs: number;
}

/** Connections to a registry and to the hosts it sends us to, kept open between requests. */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #dispatchers = new Map<string, Promise<Dispatcher>>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  readonly fetch: Fetcher = async (request) => {
    const dispatcher = await this.#dispatcher(request.url, request.reach);
    const { stallMs, internals } = this.#options;
    const { host } = request.url;
    const ms = request.patient === true ? stallMs * PATIENCE : stallMs;
    const stall = new Stall({ ms, host, signal: request.signal });
    const answer = await ask(dispatcher, request, stall);
    const { body } = answer;
    const limits = { clock: internals.clock, windowMs: stallMs, host };
    return {
      status: answer.statusCode,
      url: request.url,
      headers: headersOf(answer.headers),
      body: paced(watchedAnswer(body, stall), limits),
      discard: async () => {
        stall.end();
        await giveUp(body);
      },
    } satisfies HttpResponse;
  };

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#dispatchers.values());
    this.#dispatchers.clear();
    await Promise.all(
      opened.map(async (one) => (one.status === 'fulfilled' ? one.value.destroy() : undefined)),
    );
  }

  /** By reach too: a connection that was allowed for one purpose must not serve another. */
  #dispatcher(url: URL, reach: Reach): Promise<Dispatcher> {
    const key = `${url.origin} ${reach.join()}`;
    const known = this.#dispatchers.get(key);
    if (known !== undefined) return known;
    const made = this.#make(url, reach);
    this.#dispatchers.set(key, made);
    return made;
  }

  async #make(url: URL, reach: Reach): Promise<Dispatcher> {
    const { registryHost, certificates, internals } = this.#options;
    const hosts = [...new Set([registryHost, url.host])];
    const ca = url.protocol === 'https:' ? await authorities(hosts, certificates) : undefined;
    const tls = ca === undefined ? {} : { ca };
    const common = {
      connections: MAX_CONNECTIONS,
      maxHeaderSize: MAX_HEADER_BYTES,
      connect: { ...tls, timeout: CONNECT_MS, lookup: guardedLookup(internals.lookup, reach) },
    };
    const proxy = proxyFor(url, internals.env);
    if (proxy === undefined) return new Agent(common);
    return new EnvHttpProxyAgent({ ...common, ...proxy, requestTls: tls });
  }
}

/**
 * HTTPS_PROXY and NO_PROXY, in either case; never for this machine, and never for plain http, which only this machine and
 * listed hosts may speak. A proxy looks names up by itself, so addresses behind names are then its business.
 */
function proxyFor(
  url: URL,
  env: Internals['env'],
): { httpProxy: string; httpsProxy: string; noProxy: string } | undefined {
  const httpsProxy = env.https_proxy ?? env.HTTPS_PROXY ?? '';
  if (httpsProxy === '' || url.protocol !== 'https:' || literalKind(url.hostname) === 'loopback') {
    return undefined;
  }
  return { httpProxy: '', httpsProxy, noProxy: env.no_proxy ?? env.NO_PROXY ?? '' };
}

/** Reads a short rest, so that the connection can be used again, and cuts off a long or a slow one. */
async function giveUp(body: Dispatcher.ResponseData['body']): Promise<void> {
  await body
    .dump({ limit: MAX_DISCARDED_BYTES, signal: AbortSignal.timeout(DISCARD_MS) })
    .catch(() => undefined);
}

async function ask(
  dispatcher: Dispatcher,
  request: HttpRequest,
  stall: Stall,
): Promise<Dispatcher.ResponseData> {
  stall.expect('did not answer in time');
  try {
    return await dispatcher.request(requestOptions(request, stall));
  } catch (error) {
    stall.end();
    throw error;
  }
}

function requestOptions(request: HttpRequest, stall: Stall): Dispatcher.RequestOptions {
  const { method, url, body } = request;
  const length = body === undefined ? {} : { 'content-length': String(body.bytes) };
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    headers: { ...request.headers, ...length },
    body: body === undefined ? null : Readable.from(watchedUpload(body.open(), stall), { objectMode: false }),
    signal: stall.signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}

function headersOf(
  raw: Record<string, string | string[] | undefined>,
): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(raw).map(([name, value]) => [name.toLowerCase(), [value ?? []].flat()]));
}
