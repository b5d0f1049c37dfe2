import { createSign, randomUUID, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';

export const ISSUER = 'token server of a test';
export const SERVICE = 'registry of a test';

export interface TokenRequest {
  readonly method: string;
  readonly user: string | null;
  readonly scopes: readonly string[];
}

export interface TokenServer {
  readonly realm: string;
  /** The certificate that the registry must trust. */
  readonly bundle: string;
  readonly asked: TokenRequest[];
  stop(): Promise<void>;
}

interface Login {
  readonly username: string;
  readonly password: string;
  readonly identity: string;
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function access(scope: string): { type: string; name: string; actions: string[] } {
  const [type = '', name = '', actions = ''] = scope.split(':');
  return { type, name, actions: actions.split(',') };
}

/** A function that signs what somebody may do, with RS256 and a certificate that goes along. */
async function signer(
  key: string,
  bundle: string,
): Promise<(granted: readonly string[], subject: string) => string> {
  const privateKey = await readFile(key);
  const x5c = [new X509Certificate(await readFile(bundle)).raw.toString('base64')];
  return (granted, sub) => {
    const iat = Math.floor(Date.now() / 1000);
    const times = { iat, nbf: iat - 10, exp: iat + 300 };
    const claims = {
      iss: ISSUER,
      aud: SERVICE,
      sub,
      ...times,
      jti: randomUUID(),
      access: granted.map(access),
    };
    const text = `${base64url({ typ: 'JWT', alg: 'RS256', x5c })}.${base64url(claims)}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
  };
}

interface Asked {
  readonly scopes: readonly string[];
  /** Undefined when nobody says who he is. */
  readonly valid: boolean | undefined;
}

function byGet(request: IncomingMessage, { username, password }: Login): Asked {
  const { authorization } = request.headers;
  const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const scopes = new URL(request.url ?? '/', 'http://x').searchParams.getAll('scope');
  return { scopes, valid: authorization === undefined ? undefined : authorization === basic };
}

async function byPost(request: IncomingMessage, { identity }: Login): Promise<Asked> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const form = new URLSearchParams(body);
  const valid = form.get('refresh_token') === identity && form.get('grant_type') === 'refresh_token';
  return { scopes: (form.get('scope') ?? '').split(' '), valid };
}

interface Answering {
  readonly login: Login;
  readonly sign: (granted: readonly string[], subject: string) => string;
  readonly asked: TokenRequest[];
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { login, sign, asked }: Answering,
): Promise<void> {
  const { method = '' } = request;
  const { scopes, valid } = method === 'POST' ? await byPost(request, login) : byGet(request, login);
  const user = valid === true ? login.username : null;
  asked.push({ method, user, scopes });
  response.setHeader('content-type', 'application/json');
  response.statusCode = valid === false ? 401 : 200;
  const token = sign(user === null ? [] : scopes, user ?? '');
  response.end(JSON.stringify(valid === false ? { details: 'incorrect username or password' } : { token }));
}

/** Gives whoever is logged in what he asks for, and everybody else nothing. */
export async function startTokenServer(folder: string, login: Login): Promise<TokenServer> {
  const key = join(folder, 'token.key');
  const bundle = join(folder, 'token.crt');
  await execa('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=tokens'],
    ...['-keyout', key, '-out', bundle],
  ]);
  const sign = await signer(key, bundle);
  const asked: TokenRequest[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, { login, sign, asked });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    realm: `http://127.0.0.1:${port}/token`,
    bundle,
    asked,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
