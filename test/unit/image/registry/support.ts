import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  createRegistryClient,
  type RegistryClient,
  type RegistryOptions,
  type RegistryReference,
} from '../../../../src/image/registry/index.js';
import { type Internals, systemInternals } from '../../../../src/image/registry/internals.js';

export const digestOf = (bytes: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** Takes the answer over, headers and all. */
  readonly act?: (response: ServerResponse) => void;
}

export interface Scripted {
  readonly host: string;
  readonly url: string;
  readonly asked: Asked[];
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function reply(response: ServerResponse, { status = 200, headers = {}, body, act }: Answer): void {
  if (act !== undefined) {
    act(response);
    return;
  }
  response.writeHead(status, headers as Record<string, string>);
  response.end(body);
}

/** A server that answers as the test says; gone when the test is over. */
export async function serve(script: (asked: Asked, count: number) => Answer): Promise<Scripted> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then(
      (body) => {
        const { method = '', url = '', headers } = request;
        const one = { method, url, headers, body };
        asked.push(one);
        reply(response, script(one, asked.length));
      },
      () => response.destroy(),
    );
  });
  const host = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host, url: `http://${host}`, asked };
}

/** The first byte of a TLS connection. */
const TLS = 0x16;

/** A server below HTTP: gets every connection with its first bytes, and refuses TLS as plain servers do. */
export async function serveRaw(act: (socket: Socket, count: number) => void): Promise<string> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    socket.once('data', (first) => {
      if (first[0] === TLS) {
        socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
        return;
      }
      count++;
      act(socket, count);
    });
  });
  const host = await listen(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return host;
}

export interface Harness {
  readonly client: RegistryClient;
  /** How long it wanted to wait, each time. */
  readonly waits: number[];
}

/** A client that never waits and never reads the machine's own configuration. */
export function harness(options: RegistryOptions = {}, internals: Partial<Internals> = {}): Harness {
  const waits: number[] = [];
  const client = createRegistryClient(
    { dockerConfigDir: '/nonexistent', certificatesDir: '/nonexistent', ...options },
    {
      ...systemInternals,
      env: {},
      random: () => 0,
      wait: (ms) => {
        waits.push(ms);
        return Promise.resolve();
      },
      ...internals,
    },
  );
  onTestFinished(() => client.close());
  return { client, waits };
}

export const at = (domain: string, tag = 'latest'): RegistryReference => ({
  domain,
  repository: 'some/image',
  tag,
});

export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The error of a promise, which must have one. */
export async function errorOf(promise: Promise<unknown>): Promise<Error & { code?: string; hint?: string }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`not an error: ${String(error)}`);
  }
  throw new Error('it did not fail');
}
