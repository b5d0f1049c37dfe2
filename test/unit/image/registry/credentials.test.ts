import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { findCredentials } from '../../../../src/image/registry/credentials.js';
import { dockerConfigFile } from '../../../../src/image/registry/docker-config.js';
import type { Credentials } from '../../../../src/image/registry/login.js';

const HOST = 'registry.example:5000';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const ALICE: Credentials = { kind: 'password', username: 'alice', password: 'a:b c' };
const NOBODY: Credentials = { kind: 'anonymous' };
const AUTH = { auth: base64('alice:a:b c') };

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotcell-registry-'));
  file = join(folder, 'config.json');
  onTestFinished(() => rm(folder, { recursive: true }));
});

async function find(content: unknown, domain = HOST): Promise<Credentials> {
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return findCredentials(domain, file);
}

/** A helper on the PATH that writes down how it was called. */
async function helper(name: string, body: string): Promise<() => Promise<string>> {
  const log = join(folder, 'called');
  const path = join(folder, `docker-credential-${name}`);
  await writeFile(path, `#!/bin/sh\n{ printf '%s\\n' "$@"; cat; } > '${log}'\n${body}\n`);
  await chmod(path, 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH ?? ''}`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return () => readFile(log, 'utf8');
}

describe('the file', () => {
  test.each([
    [{ auths: { [HOST]: AUTH } }],
    [{ auths: { [`https://${HOST}`]: AUTH } }],
    [{ auths: { [`https://${HOST}/v1/`]: AUTH } }],
    [{ auths: { [`http://${HOST}/`]: AUTH } }],
    [{ auths: { [HOST]: { username: 'alice', password: 'a:b c' } } }],
    [{ auths: { [HOST]: { ...AUTH, email: 'x', identitytoken: '' } }, HttpHeaders: {}, detachKeys: 'x' }],
    [{ auths: { [HOST]: { auth: base64('alice:a:b c\0\0') } } }],
    [{ auths: { [HOST]: {}, [`https://${HOST}`]: AUTH } }],
  ])('%j has a login', async (content) => {
    expect(await find(content)).toEqual(ALICE);
  });

  test.each(['https://index.docker.io/v1/', 'docker.io', 'index.docker.io'])(
    'has that of the hub as %s',
    async (key) => {
      expect(await find({ auths: { [key]: AUTH } }, 'docker.io')).toEqual(ALICE);
    },
  );

  test('has an identity token, which goes before a password', async () => {
    const content = { auths: { [HOST]: { ...AUTH, identitytoken: 'token' } } };
    expect(await find(content)).toEqual({ kind: 'identity', token: 'token' });
  });

  test.each([
    [''],
    [{}],
    [{ auths: {} }],
    [{ auths: { 'registry.example': AUTH, 'registry.example:5001': AUTH, [`x.${HOST}`]: AUTH } }],
    [{ auths: { [HOST]: {} } }],
    [{ auths: { [HOST]: { auth: '' } } }],
  ])('%j has none', async (content) => {
    expect(await find(content)).toEqual(NOBODY);
  });

  test('of a host that is named like a property of every object has none', async () => {
    expect(await find({ auths: {} }, 'constructor')).toEqual(NOBODY);
  });

  test('that is not there has none', async () => {
    expect(await findCredentials(HOST, join(folder, 'none', 'config.json'))).toEqual(NOBODY);
  });

  test.each([
    ['{', /which cannot be used: "it is not JSON"$/],
    ['[]', /which cannot be used/],
    ['{"auths":[]}', /which cannot be used: "auths: /],
    [{ auths: { [HOST]: { auth: 'secret' } } }, /is not base64 of "user:password"$/],
    [{ auths: { [HOST]: { auth: 'not base64!' } } }, /is not base64 of "user:password"$/],
    [{ auths: { [HOST]: { auth: base64(':secret') } } }, /is not base64 of "user:password"$/],
    [{ auths: { [HOST]: { auth: 7 } } }, /which cannot be used: "auths\./],
  ])('%j is an error that names the file and shows no secret', async (content, message) => {
    const error = await find(content).catch((e: unknown) => e);
    expect(error).toMatchObject({ message: expect.stringMatching(message), hint: expect.any(String) });
    expect(String(error)).toContain(file);
    expect(String(error)).not.toMatch(/secret/);
  });

  test('that is far too large is an error', async () => {
    await expect(find(`{"x":"${'x'.repeat(1024 * 1024)}"}`)).rejects.toThrow(/larger than 1MiB/);
  });

  test('is where docker has it', () => {
    expect(dockerConfigFile('/a', { DOCKER_CONFIG: '/b', HOME: '/c' })).toBe('/a/config.json');
    expect(dockerConfigFile(undefined, { DOCKER_CONFIG: '/b', HOME: '/c' })).toBe('/b/config.json');
    expect(dockerConfigFile(undefined, { DOCKER_CONFIG: '', HOME: '/c' })).toBe('/c/.docker/config.json');
  });
});

describe('a helper', () => {
  const says = (username: string, secret: string): string =>
    `echo '${JSON.stringify({ ServerURL: HOST, Username: username, Secret: secret })}'`;

  test('is asked for the host, by its name alone', async () => {
    const called = await helper('of-test', says('alice', 'a:b c'));
    expect(await find({ credHelpers: { [HOST]: 'of-test' }, credsStore: 'another' })).toEqual(ALICE);
    expect(await called()).toBe(`get\n${HOST}`);
  });

  test('for all hosts is asked when there is none for the host', async () => {
    const called = await helper('of-test', says('<token>', 'identity'));
    const content = { credHelpers: { 'other.example': 'another' }, credsStore: 'of-test' };
    expect(await find(content, 'docker.io')).toEqual({ kind: 'identity', token: 'identity' });
    expect(await called()).toBe('get\nhttps://index.docker.io/v1/');
  });

  test.each([
    'echo "credentials not found in native keychain"; exit 1',
    'echo "credentials not found" >&2; exit 1',
    says('', ''),
  ])('that knows nothing leaves it to the file: %s', async (body) => {
    await helper('of-test', body);
    expect(await find({ credsStore: 'of-test' })).toEqual(NOBODY);
    expect(await find({ credsStore: 'of-test', auths: { [HOST]: AUTH } })).toEqual(ALICE);
  });

  test.each([
    ['echo "locked \u001b[31m" >&2; exit 3', /failed: "locked \\u001b\[31m"$/],
    ['echo secret', /did not answer with Username and Secret$/],
    ['echo \'{"Username":1,"Secret":"secret"}\'', /did not answer with Username and Secret$/],
    ['head -c 1000000 /dev/zero', /which (failed|did not answer)/],
    ['kill -9 $$', /failed: ""$/],
  ])('that does %j is an error without a secret', async (body, message) => {
    await helper('of-test', body);
    const error = await find({ credsStore: 'of-test' }).catch((e: unknown) => e);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect(String(error)).toContain('docker-credential-of-test');
    expect(String(error)).not.toMatch(/secret/);
  });

  test('that is not installed is an error', async () => {
    const error = await find({ credsStore: 'no-such-helper' }).catch((e: unknown) => e);
    expect(error).toMatchObject({
      message: `${HOST} has its login with "docker-credential-no-such-helper", which is not installed`,
      hint: expect.stringContaining(file),
    });
  });

  test.each(['../evil', 'a/b', 'a b', '-x', '.', 'x;touch y', '$(id)', 'x\n', 'x'.repeat(65)])(
    'called %j is never run',
    async (name) => {
      await expect(find({ credsStore: name })).rejects.toThrow(/which cannot be the name of a program$/);
    },
  );
});
