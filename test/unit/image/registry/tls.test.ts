import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { authorities } from '../../../../src/image/registry/certificates.js';
import { at, errorOf, harness, serve } from './support.js';

let folder: string;
let key: string;
let certificate: string;

const TAGS = '{"tags":["a"]}';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotcell-registry-'));
  const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'self.crt')];
  await execa('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:registry.example'],
    ...['-keyout', keyFile, '-out', file],
  ]);
  key = await readFile(keyFile, 'utf8');
  certificate = await readFile(file, 'utf8');
  return () => rm(folder, { recursive: true });
});

async function serveTls(): Promise<{ host: string; port: number }> {
  const server = createTlsServer({ key, cert: certificate }, (_, response) => response.end(TAGS));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, port };
}

async function certsFor(host: string, files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(folder, 'certs-'));
  await mkdir(join(directory, host));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, host, name), text);
  return directory;
}

describe('a host with TLS', () => {
  test('is trusted by the certificates of its folder, and of no other host or name of file', async () => {
    const { host } = await serveTls();
    const trusted = { certificatesDir: await certsFor(host, { 'ca.crt': certificate }) };
    expect(await harness(trusted).client.tags(at(host))).toEqual(['a']);
    for (const certificatesDir of [
      await certsFor('127.0.0.1', { 'ca.crt': certificate }),
      await certsFor(host, { 'ca.pem': certificate, 'client.cert': certificate }),
    ]) {
      const error = await errorOf(harness({ certificatesDir }).client.tags(at(host)));
      expect(error).toMatchObject({ code: 'registry', message: expect.stringMatching(/unknown authority$/) });
    }
  });

  test('is not talked to without TLS when its certificate is bad, and hears nothing', async () => {
    const { host } = await serveTls();
    await expect(harness({ insecure: [host] }).client.tags(at(host))).rejects.toThrow(/unknown authority$/);
  });

  test.each([
    ['no certificate', /no certificate in PEM form/],
    ['-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----', /that cannot be used/],
    ['x'.repeat(1024 * 1024 + 1), /larger than 1MiB/],
  ])('with a file that cannot be used is an error that names it', async (text, message) => {
    const { host } = await serveTls();
    const certificatesDir = await certsFor(host, { 'bad.crt': text });
    const error = await errorOf(harness({ certificatesDir }).client.tags(at(host)));
    expect(error).toMatchObject({ code: 'registry', message: expect.stringMatching(message) });
    expect(error.message).toContain('bad.crt');
  });
});

describe('a host without TLS', () => {
  const toLoopback = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);

  test('is not talked to when it is another machine, unless it is listed', async () => {
    const { host, asked } = await serve(() => ({ body: TAGS }));
    const domain = `registry.example:${host.split(':')[1]}`;
    const error = await errorOf(harness({}, { lookup: toLoopback }).client.tags(at(domain)));
    expect(error).toMatchObject({
      code: 'registry',
      message: `${domain}/some/image:latest: ${domain} does not speak TLS`,
      hint: expect.stringContaining(`list ${domain} as insecure`),
    });
    expect(asked).toEqual([]);
    const listed = harness({ insecure: [domain] }, { lookup: toLoopback });
    expect(await listed.client.tags(at(domain))).toEqual(['a']);
  });

  test('that hangs up on TLS without a word is talked to when it is this machine', async () => {
    const server = createSocketServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (first) => {
        if (first[0] === 0x16) socket.destroy();
        else socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${TAGS.length}\r\n\r\n${TAGS}`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    expect(await harness().client.tags(at(`127.0.0.1:${port}`))).toEqual(['a']);
  });
});

describe('authorities', () => {
  test('are those of Node, of NODE_EXTRA_CA_CERTS, and of the host together', async () => {
    const directory = await certsFor('a.example', { 'x.crt': `comment\n${certificate}\n${certificate}` });
    const extraFile = join(folder, 'self.crt');
    const found = await authorities(['a.example'], { directory, extraFile });
    expect(found?.length).toBeGreaterThan(50);
    expect(found?.filter((pem) => pem === certificate.trim())).toHaveLength(1);
    expect(await authorities(['b.example'], { directory, extraFile })).toBeUndefined();
  });
});

describe('HTTPS_PROXY', () => {
  /** A proxy that knows one name, and writes down what it was asked for. */
  async function startProxy(port: number): Promise<{ url: string; asked: (string | undefined)[] }> {
    const asked: (string | undefined)[] = [];
    const server = createServer().on('connect', (request: IncomingMessage, socket) => {
      asked.push(request.url);
      const far = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        far.pipe(socket).pipe(far);
      });
      far.on('error', () => socket.destroy());
      socket.on('error', () => far.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  const noLookup = (): Promise<never> => Promise.reject(new Error('no name may be looked up here'));

  test('is used for other machines, whose certificates are checked all the same', async () => {
    const { port } = await serveTls();
    const proxy = await startProxy(port);
    const env = { HTTPS_PROXY: proxy.url };
    const certificatesDir = await certsFor('registry.example', { 'ca.crt': certificate });
    const trusting = harness({ certificatesDir }, { env, lookup: noLookup });
    expect(await trusting.client.tags(at('registry.example'))).toEqual(['a']);
    expect(proxy.asked).toEqual(['registry.example:443']);
    const doubting = harness({}, { env, lookup: noLookup });
    await expect(doubting.client.tags(at('registry.example'))).rejects.toThrow(/unknown authority$/);
  });

  test('is not used for what NO_PROXY names, nor ever for this machine', async () => {
    const { host, port } = await serveTls();
    const proxy = await startProxy(port);
    const certificatesDir = await certsFor(host, { 'ca.crt': certificate });
    const env = { https_proxy: proxy.url, HTTP_PROXY: proxy.url, NO_PROXY: '.example' };
    const { client } = harness({ certificatesDir }, { env, lookup: noLookup });
    await expect(client.tags(at('registry.example'))).rejects.toThrow(/no name may be looked up here/);
    expect(await client.tags(at(host))).toEqual(['a']);
    const plain = await serve(() => ({ body: TAGS }));
    expect(await client.tags(at(plain.host))).toEqual(['a']);
    expect(proxy.asked).toEqual([]);
  });
});
