import { RegistryFault } from './fault.js';
import { type Fetcher, type HttpRequest, type HttpResponse, header } from './http.js';
import type { Policy } from './policy.js';
import { transportFault } from './transport-fault.js';

const MAX_HOPS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Headers that are for the registry's eyes only. */
const PRIVATE = new Set(['authorization', 'cookie']);

async function exchange(fetcher: Fetcher, request: HttpRequest): Promise<HttpResponse> {
  try {
    return await fetcher(request);
  } catch (error) {
    request.signal.throwIfAborted();
    throw transportFault(error, request.url.host);
  }
}

/** The request for the next hop: credentials stay with the origin that they were made for. */
function moved(request: HttpRequest, to: Pick<HttpRequest, 'url' | 'reach'>): HttpRequest {
  const same = to.url.origin === request.url.origin;
  const kept = Object.entries(request.headers).filter(([name]) => same || !PRIVATE.has(name));
  return { ...request, ...to, headers: Object.fromEntries(kept) };
}

/** A body is only sent again to who was to have it in the first place, and only when the redirect keeps the method. */
function checkBody(request: HttpRequest, response: HttpResponse, to: URL): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const keeps = response.status === 307 || response.status === 308;
  if (keeps && to.origin === request.url.origin) return;
  const problem = `answered a ${request.method} with a redirect (${response.status}) to ${to.host}`;
  throw new RegistryFault({ host: request.url.host, problem });
}

/** One exchange, and those that its redirects ask for. */
export async function follow(fetcher: Fetcher, policy: Policy, first: HttpRequest): Promise<HttpResponse> {
  let request = first;
  for (let hops = 0; hops <= MAX_HOPS; hops++) {
    const response = await exchange(fetcher, request);
    if (!REDIRECTS.has(response.status)) return response;
    await response.discard();
    const location = header(response, 'location');
    if (location === undefined) {
      const problem = `answered ${response.status} without saying where to go`;
      throw new RegistryFault({ host: request.url.host, problem });
    }
    const target = await policy.target(request.url, location);
    checkBody(request, response, target.url);
    request = moved(request, target);
  }
  throw new RegistryFault({ host: first.url.host, problem: `redirects more than ${MAX_HOPS} times` });
}
