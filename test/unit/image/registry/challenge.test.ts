import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { parseChallenges } from '../../../../src/image/registry/challenge.js';

describe('parseChallenges', () => {
  test.each([
    [
      ['Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull"'],
      { scheme: 'bearer', realm: 'https://auth.example/token', service: 'registry.example' },
    ],
    [['bearer realm=https'], { scheme: 'bearer', realm: 'https', service: undefined }],
    [['BASIC realm="x"'], { scheme: 'basic' }],
    [['Basic'], { scheme: 'basic' }],
    [['Basic realm="a, Bearer realm=b"'], { scheme: 'basic' }],
    [['Bearer realm="say \\"hi\\""'], { scheme: 'bearer', realm: 'say "hi"', service: undefined }],
    [['Basic realm="x", Bearer realm="y"'], { scheme: 'bearer', realm: 'y', service: undefined }],
    [['Negotiate', 'Basic realm="x"'], { scheme: 'basic' }],
    [['Bearer realm="first", realm="second"'], { scheme: 'bearer', realm: 'first', service: undefined }],
    [['Bearer  realm = "spaced" , service = s'], { scheme: 'bearer', realm: 'spaced', service: 's' }],
  ])('%j', (lines, challenge) => {
    expect(parseChallenges(lines)).toEqual(challenge);
  });

  test.each([
    [[]],
    [['']],
    [['Bearer']],
    [['Bearer realm']],
    [['Bearer service="no realm"']],
    [['Bearer realm="never closed']],
    [['Negotiate abcdef==']],
    [['"Basic"']],
    [['realm="x"']],
    [[`Basic realm="${'x'.repeat(9000)}"`]],
  ])('nothing usable in %j', (lines) => {
    expect(parseChallenges(lines)).toBeUndefined();
  });

  property.prop([fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 3 })])(
    'any text is a challenge or none, never an error',
    (lines) => {
      expect(['basic', 'bearer', undefined]).toContain(parseChallenges(lines)?.scheme);
    },
  );

  test('long nonsense takes no longer than reading it', () => {
    const startMs = performance.now();
    for (const text of [',', ' ', 'a', 'a=', '"', '\\', 'a="\\'])
      parseChallenges([text.repeat(8000 / text.length)]);
    expect(performance.now() - startMs).toBeLessThan(2000);
  });
});
