import { expect, test } from 'vitest';
import {
  canonical,
  digestOf,
  familiar,
  idPrefixOf,
  isDigest,
  parseReference,
} from '../../../../src/image/reference/index.js';

const HEX = 'a'.repeat(64);

test.each([
  ['', /it has no name/],
  [':tag', /it has no name/],
  ['Alpine', /"library\/Alpine" must be in lower case/],
  ['al pine', /may have a-z/],
  ['a..b', /may have a-z/],
  ['../a', /is no host/],
  ['/a', /may have a-z/],
  ['a/', /may have a-z/],
  ['a//b', /may have a-z/],
  ['a/../b', /may have a-z/],
  ['a:', /"" is no tag/],
  ['a:-x', /"-x" is no tag/],
  [`a:${'x'.repeat(129)}`, /is no tag/],
  ['a\n', /may have a-z/],
  ['a:b\n', /is no tag/],
  ['a\u0000b', /may have a-z/],
  ['a@sha256:abc', /is no sha256 digest/],
  [`a@sha256:${'A'.repeat(64)}`, /is no sha256 digest/],
  [`a@sha512:${HEX}`, /is no sha256 digest/],
  [`a@sha256:${HEX}/../x`, /is no sha256 digest/],
  [`a@sha256:${HEX}\n`, /is no sha256 digest/],
  [HEX, /would be taken for an id/],
  ['sha256:abcd', /would be taken for the beginning of an id/],
  [`sha256:${HEX}`, /would be taken for the beginning of an id/],
  ['host:port/a', /is no host/],
  [`${'a/'.repeat(140)}a`, /more than 255 characters/],
])('%j is refused with the reason', (text, reason) => {
  expect(() => parseReference(text)).toThrow(reason);
});

test.each([
  ['alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['alpine:3.20', 'docker.io/library/alpine:3.20', 'alpine:3.20'],
  ['docker.io/alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['index.docker.io/alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['library/alpine', 'docker.io/library/alpine:latest', 'alpine:latest'],
  ['me/tool', 'docker.io/me/tool:latest', 'me/tool:latest'],
  ['localhost/tool', 'localhost/tool:latest', 'localhost/tool:latest'],
  ['localhost:5000/a/b:c', 'localhost:5000/a/b:c', 'localhost:5000/a/b:c'],
  ['[::1]:5000/a', '[::1]:5000/a:latest', '[::1]:5000/a:latest'],
  ['quay.io/a/b__c:D-1.x', 'quay.io/a/b__c:D-1.x', 'quay.io/a/b__c:D-1.x'],
  ['HOST/a', 'HOST/a:latest', 'HOST/a:latest'],
  [`alpine@sha256:${HEX}`, `docker.io/library/alpine@sha256:${HEX}`, `alpine@sha256:${HEX}`],
  [`alpine:3.20@sha256:${HEX}`, `docker.io/library/alpine@sha256:${HEX}`, `alpine@sha256:${HEX}`],
])('%s is %s, which people write %s', (text, whole, short) => {
  const reference = parseReference(text);
  expect([canonical(reference), familiar(reference)]).toEqual([whole, short]);
  expect(parseReference(short)).toEqual(reference);
});

test.each([
  ['abcd', 'abcd'],
  ['sha256:abcd', 'abcd'],
  [HEX, HEX],
  ['abc', null],
  ['ABCD', null],
  [`${HEX}a`, null],
  ['abcd\n', null],
])('%j may begin an id: %j', (text, prefix) => {
  expect(idPrefixOf(text)).toBe(prefix);
});

test('a digest is what its pattern says, and nothing else', () => {
  expect(isDigest(digestOf('x'))).toBe(true);
  for (const text of ['', HEX, `sha256:${HEX}\n`, `sha256:../${'a'.repeat(61)}`, `SHA256:${HEX}`]) {
    expect(isDigest(text)).toBe(false);
  }
});
