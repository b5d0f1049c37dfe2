import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createRegistryClient,
  type RegistryClient,
  type RegistryOptions,
} from '../../src/image/registry/index.js';
import { type Certificates, makeCertificates } from './images-registry/certificates.js';
import { digests, makeImage, pullImage, pushImage, skopeo, writeLayout } from './images-registry/images.js';
import { type RegistryServer, scratch, startRegistry } from './images-registry/server.js';
import { ISSUER, SERVICE, startTokenServer, type TokenServer } from './images-registry/token-server.js';

const LOGIN = { username: 'alice', password: 'sesame, open: ü', identity: 'an-identity-token' };
/** bcrypt of the password above, cost 5, so that no test waits for it. */
const HTPASSWD = 'alice:$2b$05$viXVFWWxTm7os5nwWz5HNOfNgzFJ3wYaKHbwKWq93.Nza1bWFggLS\n';

let folder: Awaited<ReturnType<typeof scratch>>;
let configs = 0;

beforeAll(async () => {
  folder = await scratch();
});
afterAll(() => folder.remove());

/** A folder as docker's, with a config.json of this content. */
async function dockerConfig(content: unknown): Promise<string> {
  configs++;
  const path = join(folder.path, `docker-${configs}`);
  await mkdir(path);
  await writeFile(join(path, 'config.json'), JSON.stringify(content));
  return path;
}

const authOf = (password: string): { auth: string } => ({
  auth: Buffer.from(`${LOGIN.username}:${password}`).toString('base64'),
});

async function using<T>(options: RegistryOptions, act: (client: RegistryClient) => Promise<T>): Promise<T> {
  const client = createRegistryClient(options);
  try {
    return await act(client);
  } finally {
    await client.close();
  }
}

describe('a registry with passwords', () => {
  let server: RegistryServer;

  beforeAll(async () => {
    const path = join(folder.path, 'htpasswd');
    await writeFile(path, HTPASSWD);
    server = await startRegistry({ auth: { htpasswd: { realm: 'passwords', path } } });
  });
  afterAll(() => server.stop());

  test('gives everything to who has one in the config file of docker, as skopeo logs in', async () => {
    const dockerConfigDir = await dockerConfig({ auths: { [server.host]: authOf(LOGIN.password) } });
    const ref = { domain: server.host, repository: 'secret/image', tag: '1' };
    const image = makeImage();
    await using({ dockerConfigDir }, async (client) => {
      await pushImage(client, ref, image);
      expect(digests(await pullImage(client, ref))).toEqual(digests(image));
    });
    const authfile = join(dockerConfigDir, 'config.json');
    const url = `docker://${server.host}/${ref.repository}:1`;
    const inspected = await skopeo(['inspect', '--tls-verify=false', '--authfile', authfile, url]);
    expect(JSON.parse(inspected)).toMatchObject({ Digest: image.manifest.digest });
  });

  test('says how to log in to who has none', async () => {
    const dockerConfigDir = await dockerConfig({});
    const ref = { domain: server.host, repository: 'secret/image', tag: '1' };
    await using({ dockerConfigDir }, (client) =>
      expect(client.resolve(ref)).rejects.toMatchObject({
        code: 'registry',
        message: `${server.host}/secret/image:1: ${server.host} answered 401: "UNAUTHORIZED: authentication required"`,
        hint: `log in with: docker login ${server.host}`,
      }),
    );
  });

  test('says that a password is wrong, and never shows it', async () => {
    const dockerConfigDir = await dockerConfig({ auths: { [server.host]: authOf('wrong-password') } });
    const ref = { domain: server.host, repository: 'secret/image', tag: '1' };
    const error = await using({ dockerConfigDir }, (client) => client.resolve(ref).catch((e: unknown) => e));
    expect(error).toMatchObject({
      code: 'registry',
      hint: expect.stringMatching(/login in docker's config file was not accepted.*docker login/),
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/wrong-password/);
  });
});

describe('a registry with TLS of an own authority', () => {
  let server: RegistryServer;
  let certificates: Certificates;

  beforeAll(async () => {
    certificates = await makeCertificates(folder.path);
    const { certificate, key } = certificates;
    server = await startRegistry({ http: { tls: { certificate, key } } });
  });
  afterAll(() => server.stop());

  test('is trusted when its authority is where docker has it', async () => {
    const certificatesDir = join(folder.path, 'certs.d');
    await mkdir(join(certificatesDir, server.host), { recursive: true });
    await cp(certificates.authority, join(certificatesDir, server.host, 'ca.crt'));
    const ref = { domain: server.host, repository: 'tls', tag: '1' };
    const image = makeImage();
    const dockerConfigDir = await dockerConfig({});
    await using({ certificatesDir, dockerConfigDir }, async (client) => {
      await pushImage(client, ref, image);
      expect(digests(await pullImage(client, ref))).toEqual(digests(image));
    });
    const certDir = join(certificatesDir, server.host);
    const inspected = await skopeo(['inspect', '--cert-dir', certDir, `docker://${server.host}/tls:1`]);
    expect(JSON.parse(inspected)).toMatchObject({ Digest: image.manifest.digest });
  });

  test('is refused otherwise, although it is on this machine, and also when it is listed as insecure', async () => {
    const dockerConfigDir = await dockerConfig({});
    const ref = { domain: server.host, repository: 'tls', tag: '1' };
    const options = { dockerConfigDir, certificatesDir: folder.path, insecure: [server.host] };
    await using(options, (client) =>
      expect(client.resolve(ref)).rejects.toMatchObject({
        code: 'registry',
        message: `${server.host}/tls:1: ${server.host} has a certificate of an unknown authority`,
        hint: expect.stringContaining(`/etc/docker/certs.d/${server.host}/ca.crt`),
      }),
    );
  });

  test('is trusted when NODE_EXTRA_CA_CERTS names its authority', async () => {
    const program = `
      import { createRegistryClient } from ${JSON.stringify(new URL('../../lib/image/registry/index.js', import.meta.url).href)};
      const client = createRegistryClient({ dockerConfigDir: '/nonexistent', certificatesDir: '/nonexistent' });
      const blob = { digest: 'sha256:${'0'.repeat(64)}', size: 1 };
      console.log(await client.hasBlob({ domain: '${server.host}', repository: 'tls' }, blob));
      await client.close();
    `;
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', program], {
      env: { NODE_EXTRA_CA_CERTS: certificates.authority },
    });
    expect(stdout).toBe('false');
  });
});

describe('a registry with a token server', () => {
  let server: RegistryServer;
  let tokens: TokenServer;

  beforeAll(async () => {
    tokens = await startTokenServer(folder.path, LOGIN);
    const { realm, bundle: rootcertbundle } = tokens;
    server = await startRegistry({
      auth: { token: { realm, service: SERVICE, issuer: ISSUER, rootcertbundle } },
    });
  });
  afterAll(async () => {
    await server.stop();
    await tokens.stop();
  });

  test('gives everything for a password, with one token for pulling and one for pushing', async () => {
    const dockerConfigDir = await dockerConfig({ auths: { [server.host]: authOf(LOGIN.password) } });
    const ref = { domain: server.host, repository: 'tokens/image', tag: '1' };
    const image = makeImage([200_000, 200_000, 200_000, 200_000]);
    tokens.asked.length = 0;
    await using({ dockerConfigDir }, async (client) => {
      await pushImage(client, ref, image);
      expect(digests(await pullImage(client, ref))).toEqual(digests(image));
    });
    const [pushing, pulling] = ['pull,push', 'pull'].map((actions) => ({
      method: 'GET',
      user: LOGIN.username,
      scopes: [`repository:tokens/image:${actions}`],
    }));
    expect(tokens.asked).toEqual([pushing, pulling]);
  });

  test('gives everything for an identity token', async () => {
    const dockerConfigDir = await dockerConfig({
      auths: { [server.host]: { auth: '', identitytoken: LOGIN.identity } },
    });
    const ref = { domain: server.host, repository: 'tokens/other', tag: '1' };
    const other = { ...ref, repository: 'tokens/mounted' };
    const image = makeImage();
    tokens.asked.length = 0;
    await using({ dockerConfigDir }, async (client) => {
      await pushImage(client, ref, image);
      const [layer] = image.layers;
      if (layer === undefined) throw new Error('no layer');
      const none = (): AsyncIterable<Uint8Array> => {
        throw new Error('was to be mounted');
      };
      expect(await client.pushBlob(other, layer, none, { mountFrom: ref.repository })).toBe('mounted');
    });
    expect(new Set(tokens.asked.map(({ method }) => method))).toEqual(new Set(['POST']));
    expect(tokens.asked.at(-1)?.scopes).toEqual([
      'repository:tokens/mounted:pull,push',
      'repository:tokens/other:pull',
    ]);
  });

  test('is pulled from by us what skopeo pushed with the same login', async () => {
    const dockerConfigDir = await dockerConfig({ auths: { [server.host]: authOf(LOGIN.password) } });
    const image = makeImage();
    const layout = join(folder.path, 'token-layout');
    await writeLayout(layout, image);
    const authfile = join(dockerConfigDir, 'config.json');
    const url = `docker://${server.host}/tokens/skopeo:1`;
    await skopeo(['copy', '--dest-tls-verify=false', '--authfile', authfile, `oci:${layout}`, url]);
    const ref = { domain: server.host, repository: 'tokens/skopeo', tag: '1' };
    await using({ dockerConfigDir }, async (client) =>
      expect(digests(await pullImage(client, ref))).toEqual(digests(image)),
    );
  });

  test('refuses a wrong password at the token server, in its words', async () => {
    const dockerConfigDir = await dockerConfig({ auths: { [server.host]: authOf('wrong') } });
    const ref = { domain: server.host, repository: 'tokens/image', tag: '1' };
    const host = new URL(tokens.realm).host;
    await using({ dockerConfigDir }, (client) =>
      expect(client.resolve(ref)).rejects.toMatchObject({
        message: `${server.host}/tokens/image:1: ${host} asked for a token, answered 401: "incorrect username or password"`,
        hint: expect.stringMatching(/docker login/),
      }),
    );
  });

  test('refuses who is not logged in, after asking once and not again', async () => {
    const dockerConfigDir = await dockerConfig({});
    const ref = { domain: server.host, repository: 'tokens/image', tag: '1' };
    tokens.asked.length = 0;
    await using({ dockerConfigDir }, (client) =>
      expect(client.resolve(ref)).rejects.toMatchObject({
        code: 'registry',
        hint: `log in with: docker login ${server.host}`,
      }),
    );
    expect(tokens.asked).toHaveLength(1);
  });
});
