import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Answer, type Asked, at, errorOf, harness, type Scripted, serve } from './support.js';

const blob = { digest: `sha256:${'0'.repeat(64)}`, size: 1 };
const json = { 'content-type': 'application/json' };

async function configFolder(content: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hotcell-registry-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'config.json'), JSON.stringify(content));
  return folder;
}

const login = (host: string): Promise<string> =>
  configFolder({ auths: { [host]: { username: 'alice', password: 'sesame' } } });
const BASIC = `Basic ${Buffer.from('alice:sesame').toString('base64')}`;

/** A registry that lets in who has a token of its own token server. */
async function withTokens(
  token: (asked: Asked, count: number) => Answer,
): Promise<{ registry: Scripted; tokens: Scripted }> {
  const tokens = await serve(token);
  const registry = await serve(({ headers }) =>
    headers.authorization === 'Bearer good'
      ? { status: 200 }
      : {
          status: 401,
          headers: {
            'www-authenticate': `Bearer realm="${tokens.url}/t?x=1",service="s s",scope="repository:evil:push"`,
          },
        },
  );
  return { registry, tokens };
}

describe('tokens', () => {
  test('are asked for once, with our scope and not that of the registry, and used from then on', async () => {
    const { registry, tokens } = await withTokens(() => ({ headers: json, body: '{"token":"good"}' }));
    const { client } = harness();
    await client.hasBlob(at(registry.host), blob);
    await client.hasBlob(at(registry.host), blob);
    expect(registry.asked.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Bearer good',
      'Bearer good',
    ]);
    expect(tokens.asked).toHaveLength(1);
    const url = new URL(tokens.asked[0]?.url ?? '', tokens.url);
    expect([...url.searchParams]).toEqual([
      ['x', '1'],
      ['service', 's s'],
      ['client_id', 'hotcell'],
      ['scope', 'repository:some/image:pull'],
    ]);
    expect(tokens.asked[0]?.headers).not.toHaveProperty('authorization');
  });

  test('are asked for once by calls that run at the same time', async () => {
    const { registry, tokens } = await withTokens(() => ({ headers: json, body: '{"access_token":"good"}' }));
    const { client } = harness();
    await Promise.all(Array.from({ length: 10 }, () => client.hasBlob(at(registry.host), blob)));
    expect(tokens.asked).toHaveLength(1);
  });

  test('are renewed before they end, by the clock', async () => {
    let nowMs = 0;
    const clock = { nowMs: () => nowMs, date: () => new Date(nowMs) };
    const { registry, tokens } = await withTokens(() => ({
      headers: json,
      body: '{"token":"good","expires_in":300}',
    }));
    const { client } = harness({}, { clock });
    await client.hasBlob(at(registry.host), blob);
    nowMs = 269_000;
    await client.hasBlob(at(registry.host), blob);
    expect(tokens.asked).toHaveLength(1);
    nowMs = 271_000;
    await client.hasBlob(at(registry.host), blob);
    expect(tokens.asked).toHaveLength(2);
    expect(registry.asked.filter(({ headers }) => headers.authorization === undefined)).toHaveLength(1);
  });

  test('that the registry has stopped taking are renewed once', async () => {
    let valid = 'Bearer 1';
    const tokens = await serve((_, count) => ({ headers: json, body: `{"token":"${count}"}` }));
    const registry = await serve(({ headers }) =>
      headers.authorization === valid
        ? { status: 200 }
        : { status: 401, headers: { 'www-authenticate': `Bearer realm="${tokens.url}"` } },
    );
    const { client } = harness();
    await client.hasBlob(at(registry.host), blob);
    valid = 'Bearer 2';
    await client.hasBlob(at(registry.host), blob);
    expect(tokens.asked).toHaveLength(2);
  });

  test('that are never taken end in an error, not in a loop', async () => {
    const { registry, tokens } = await withTokens((_, count) => ({
      headers: json,
      body: `{"token":"bad${count}"}`,
    }));
    const error = await errorOf(harness().client.hasBlob(at(registry.host), blob));
    expect(error).toMatchObject({
      code: 'registry',
      message: `${registry.host}/some/image:latest: ${registry.host} answered 401`,
      hint: `log in with: docker login ${registry.host}`,
    });
    expect(registry.asked).toHaveLength(2);
    expect(tokens.asked).toHaveLength(1);
  });

  test('are asked for with the password of docker, which the registry itself never sees', async () => {
    const { registry, tokens } = await withTokens(() => ({ headers: json, body: '{"token":"good"}' }));
    const { client } = harness({ dockerConfigDir: await login(registry.host) });
    await client.hasBlob(at(registry.host), blob);
    expect(tokens.asked[0]?.headers.authorization).toBe(BASIC);
    expect(tokens.asked[0]?.url).toContain('account=alice');
    expect(registry.asked.map(({ headers }) => headers.authorization)).not.toContain(BASIC);
  });

  test.each([
    ['nothing', { headers: json, body: '' }, /did not answer with a token but with "application\/json"$/],
    [
      'a web page',
      { headers: { 'content-type': 'text/html' }, body: '<html>' },
      /a token but with "text\/html"$/,
    ],
    ['no token', { headers: json, body: '{}' }, /answered with a token that cannot be one$/],
    ['a header more', { headers: json, body: '{"token":"a\\r\\nx-evil: 1"}' }, /a token that cannot be one$/],
    ['a number', { headers: json, body: '{"token":7}' }, /did not answer with a token/],
    ['a large one', { headers: json, body: JSON.stringify({ token: 'x'.repeat(40_000) }) }, /cannot be one$/],
    ['far too much', { headers: json, body: ' '.repeat(300_000) }, /sent a token of more than 256KiB$/],
    [
      'a refusal',
      { status: 403, headers: json, body: '{"details":"no \\u001b[31mred"}' },
      /asked for a token, answered 403: "no \\u001b\[31mred"$/,
    ],
  ] satisfies [string, Answer, RegExp][])(
    'a token server that answers %s is an error',
    async (_, answer, message) => {
      const { registry, tokens } = await withTokens(() => answer);
      const error = await errorOf(harness().client.hasBlob(at(registry.host), blob));
      expect(error).toMatchObject({ code: 'registry', message: expect.stringMatching(message) });
      expect(error.message).toContain(tokens.host);
    },
  );

  test('a token server that is overloaded is asked again', async () => {
    const { registry, tokens } = await withTokens((_, count) =>
      count < 3 ? { status: 503 } : { headers: json, body: '{"token":"good"}' },
    );
    const { client, waits } = harness();
    await client.hasBlob(at(registry.host), blob);
    expect(tokens.asked).toHaveLength(3);
    expect(waits).toHaveLength(2);
  });

  test('an identity token goes to the token server only, and never along with a redirect', async () => {
    const elsewhere = await serve(() => ({ headers: json, body: '{"token":"good"}' }));
    const { registry, tokens } = await withTokens(() => ({
      status: 307,
      headers: { location: elsewhere.url },
    }));
    const folder = await configFolder({ auths: { [registry.host]: { identitytoken: 'secret-identity' } } });
    const error = await errorOf(harness({ dockerConfigDir: folder }).client.hasBlob(at(registry.host), blob));
    expect(error.message).toMatch(/answered a POST with a redirect/);
    expect(tokens.asked[0]?.body.toString()).toContain('refresh_token=secret-identity');
    expect(elsewhere.asked).toEqual([]);
  });
});

describe('passwords', () => {
  test('go to a registry only after it asked, and then at once', async () => {
    const registry = await serve(({ headers }) =>
      headers.authorization === BASIC
        ? {}
        : { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    );
    const { client } = harness({ dockerConfigDir: await login(registry.host) });
    await client.hasBlob(at(registry.host), blob);
    await client.hasBlob(at(registry.host), blob);
    expect(registry.asked.map(({ headers }) => headers.authorization)).toEqual([undefined, BASIC, BASIC]);
  });

  test('that are wrong are tried once, and never shown', async () => {
    const registry = await serve(() => ({ status: 401, headers: { 'www-authenticate': 'Basic' } }));
    const error = await errorOf(
      harness({ dockerConfigDir: await login(registry.host) }).client.hasBlob(at(registry.host), blob),
    );
    expect(registry.asked).toHaveLength(2);
    expect(error.hint).toMatch(/was not accepted/);
    expect(`${error.message}${error.hint}${error.stack}`).not.toMatch(/sesame/);
  });
});

describe('a refusal', () => {
  test.each([
    [[], /does not say how to log in/],
    [['Negotiate'], /Bearer and Basic are/],
    [['Bearer service="no realm"'], /Bearer and Basic are/],
    [['%%%"'], /Bearer and Basic are/],
  ])('with WWW-Authenticate %j says what is wrong with it', async (lines, hint) => {
    const headers = lines.length === 0 ? {} : { 'www-authenticate': lines };
    const registry = await serve(() => ({ status: 401, headers }));
    const error = await errorOf(harness().client.hasBlob(at(registry.host), blob));
    expect(error).toMatchObject({ code: 'registry', hint: expect.stringMatching(hint) });
    expect(registry.asked).toHaveLength(1);
  });

  test.each([
    ['ftp://127.0.0.1/', /which is not https$/],
    ['http://user:pw@127.0.0.1/', /which holds a user name$/],
    ['http://registry.example/token', /which is without TLS and not on this machine$/],
    ['http://169.254.169.254/latest', /which is without TLS and not on this machine$/],
    ['https://169.254.169.254/latest', /which is a special address$/],
    ['http://[', /which is no address$/],
    ['javascript:alert(1)', /which is not https$/],
  ])('with the realm %s goes nowhere', async (realm, message) => {
    const registry = await serve(() => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="${realm}"` },
    }));
    const error = await errorOf(harness().client.hasBlob(at(registry.host), blob));
    expect(error.message).toMatch(message);
  });
});
