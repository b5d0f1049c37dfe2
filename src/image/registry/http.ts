import type { Reach } from './addresses.js';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';

/** Names in lower case. */
export type RequestHeaders = Readonly<Record<string, string>>;

/** A body that can be sent again: after a login, a redirect, a broken connection. */
export interface RequestBody {
  /** Exactly as many bytes as `open` gives. */
  readonly bytes: number;
  open(): AsyncIterable<Uint8Array>;
}

export interface HttpRequest {
  readonly method: Method;
  readonly url: URL;
  readonly headers: RequestHeaders;
  readonly body?: RequestBody | undefined;
  /** The addresses that the host may turn out to have. */
  readonly reach: Reach;
  readonly signal: AbortSignal;
  /** For what may take the server long although it does it: it then has ten times the time. */
  readonly patient?: boolean | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** What answered, after redirects. */
  readonly url: URL;
  /** Every line of a header, by its name in lower case. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** As sent: never decompressed. May throw what the connection throws. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives up the rest of the body. */
  discard(): Promise<void>;
}

/** One exchange: no redirects, no retries, no credentials. */
export type Fetcher = (request: HttpRequest) => Promise<HttpResponse>;

/** A header that must come once; undefined when it is missing or came twice. */
export function header(response: HttpResponse, name: string): string | undefined {
  const lines = response.headers.get(name) ?? [];
  return lines.length === 1 ? lines[0] : undefined;
}

/** A header's number of bytes; undefined when it is missing or no plain number. */
export function lengthOf(response: HttpResponse): number | undefined {
  const text = header(response, 'content-length');
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export function bytesBody(bytes: Uint8Array): RequestBody {
  return {
    bytes: bytes.length,
    async *open() {
      if (bytes.length > 0) yield bytes;
    },
  };
}
