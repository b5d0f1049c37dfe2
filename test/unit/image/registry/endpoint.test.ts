import { describe, expect, test } from 'vitest';
import { checkReference, origins } from '../../../../src/image/registry/endpoint.js';

const hrefs = (domain: string, insecure: readonly string[] = []): string[] =>
  origins(domain, insecure).map(({ origin }) => origin);

describe('origins', () => {
  test.each(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'Docker.IO'])(
    '%s is the hub',
    (domain) => {
      expect(hrefs(domain)).toEqual(['https://registry-1.docker.io']);
    },
  );

  test.each(['registry.example', 'registry.example:5000', '10.0.0.1:5000', '0.0.0.0:5000', '192.168.0.9'])(
    '%s is only spoken to with TLS',
    (domain) => {
      expect(hrefs(domain)).toEqual([`https://${domain}`]);
    },
  );

  test.each(['localhost:5000', '127.0.0.1:5000', '127.9.9.9:5000', '[::1]:5000'])(
    '%s is this machine, and may do without',
    (domain) => {
      expect(hrefs(domain)).toEqual([`https://${domain}`, `http://${domain}`]);
    },
  );

  test('a listed host may do without, and no other port or name of its', () => {
    const insecure = ['Registry.example:5000', 'other.example'];
    expect(hrefs('registry.example:5000', insecure)).toHaveLength(2);
    expect(hrefs('other.example', insecure)).toHaveLength(2);
    for (const domain of [
      'registry.example',
      'registry.example:5001',
      'other.example:5000',
      'a.other.example',
    ]) {
      expect(hrefs(domain, insecure)).toEqual([`https://${domain}`]);
    }
  });
});

describe('checkReference', () => {
  const right = { domain: 'registry.example', repository: 'a/b', tag: 'latest' };

  test.each([
    [{ domain: '' }],
    [{ domain: 'a/b' }],
    [{ domain: 'a@b' }],
    [{ domain: 'user:pw@host' }],
    [{ domain: '..' }],
    [{ domain: 'host:99999999' }],
    [{ domain: 'host\n' }],
    [{ domain: '-host' }],
    [{ repository: '../x' }],
    [{ repository: 'a//b' }],
    [{ repository: 'a/' }],
    [{ repository: 'A' }],
    [{ repository: 'a?b' }],
    [{ repository: 'a%2fb' }],
    [{ repository: 'a'.repeat(256) }],
    [{ tag: '' }],
    [{ tag: '../x' }],
    [{ tag: 'a b' }],
    [{ tag: 'x'.repeat(129) }],
    [{ digest: 'sha256:abc' }],
    [{ digest: `sha512:${'0'.repeat(128)}` }],
    [{ digest: `SHA256:${'0'.repeat(64)}` }],
  ])('%j is refused', (wrong) => {
    expect(() => checkReference({ ...right, ...wrong })).toThrow();
  });

  test('a port that no address has is refused', () => {
    expect(() => origins('host:70000', [])).toThrow();
  });

  test('what references allow is let through', () => {
    checkReference(right);
    checkReference({ domain: '[::1]:5000', repository: 'a__b/c-d.e', tag: 'V1.0_x-y' });
    checkReference({ domain: 'a', repository: 'x', digest: `sha256:${'0'.repeat(64)}` });
  });
});
