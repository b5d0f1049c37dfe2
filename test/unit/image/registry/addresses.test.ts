import { describe, expect, test } from 'vitest';
import { addressKind, literalKind } from '../../../../src/image/registry/addresses.js';

describe('addressKind', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['10.0.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd00::1', 'private'],
    ['::ffff:10.1.2.3', 'private'],
    ['169.254.169.254', 'special'],
    ['::ffff:169.254.169.254', 'special'],
    ['0.0.0.0', 'special'],
    ['::', 'special'],
    ['224.0.0.1', 'special'],
    ['255.255.255.255', 'special'],
    ['fe80::1', 'special'],
    ['fe80::1%eth0', 'special'],
    ['64:ff9b::7f00:1', 'special'],
    ['2002:7f00:1::', 'special'],
    ['fec0::1', 'special'],
    ['::127.0.0.1', 'special'],
    ['::ffff:0:127.0.0.1', 'special'],
    ['192.88.99.1', 'special'],
    ['3fff::1', 'special'],
    ['5f00::1', 'special'],
    ['not an address', 'special'],
    ['', 'special'],
    ['1.1.1.1', 'public'],
    ['172.32.0.1', 'public'],
    ['128.0.0.1', 'public'],
    ['2606:4700::1111', 'public'],
  ])('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });
});

describe('literalKind', () => {
  test.each([
    ['http://[::1]:5000', 'loopback'],
    ['http://2130706433', 'loopback'],
    ['http://0x7f.1', 'loopback'],
    ['http://0177.0.0.1', 'loopback'],
    ['http://LocalHost', 'loopback'],
    ['http://a.localhost', 'loopback'],
    ['http://localhost.', 'loopback'],
    ['http://169.254.169.254', 'special'],
    ['http://localhost.example', undefined],
    ['http://registry.example', undefined],
  ])('%s is %s', (url, kind) => {
    expect(literalKind(new URL(url).hostname)).toBe(kind);
  });
});
