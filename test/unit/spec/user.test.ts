import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseUser } from '../../../src/spec/index.js';
import { resultOf } from '../core/support.js';
import { jobWith, problemsOf, problemsWith } from './support.js';

describe('parseUser', () => {
  it.each([
    ['1000:1000', { uid: 1000, gid: 1000 }],
    ['1000', { uid: 1000, gid: 1000 }],
    ['65534:100', { uid: 65_534, gid: 100 }],
    ['65534', { uid: 65_534, gid: 65_534 }],
    ['0', { uid: 0, gid: 0 }],
    ['0:0', { uid: 0, gid: 0 }],
    ['nobody', { name: 'nobody', group: null }],
    ['www-data:www-data', { name: 'www-data', group: 'www-data' }],
    ['_apt', { name: '_apt', group: null }],
  ])('reads %s', (text, user) => {
    expect(parseUser(text)).toEqual(user);
  });

  // attacks.md A8: none of these may ever become root, or anyone.
  it.each([
    ...[
      '1000:',
      ':1000',
      ':',
      '',
      '+0',
      '0x0',
      ' 0',
      '0 ',
      '-1',
      '65536',
      '4294967295',
      '4294967296',
      '18446744073709551616',
    ],
    ...[
      '00',
      '000',
      '01000',
      '0.0',
      '0e0',
      '1e3',
      '-0',
      '0\0',
      '0\n',
      '\t0',
      '1000:-1',
      '1000:00',
      '1000:65536',
      '1000:1000:1',
    ],
    ...[
      '０',
      '٠',
      '0o0',
      '0b0',
      '-rf',
      '../x',
      'a b',
      'a/b',
      'a\nb',
      'x'.repeat(33),
      'x'.repeat(5000),
      '1000:users',
      'root:0',
    ],
  ])('refuses %j', (text) => {
    expect(problemsOf(() => parseUser(text))).toHaveLength(1);
    expect(problemsWith({ user: text })).toEqual([expect.stringMatching(/^user: "/)]);
  });

  it('says what is allowed', () => {
    expect(problemsOf(() => parseUser('65536'))).toEqual(['"65536" has the id 65536; at most 65534']);
    expect(problemsOf(() => parseUser('1000:'))).toEqual([
      '"1000:" has no group after ":"; use "UID:GID", "UID", "NAME" or "NAME:GROUP"',
    ]);
    expect(problemsOf(() => parseUser('root:0'))).toEqual([
      '"root:0" mixes a number and a name; use two numbers or two names',
    ]);
    expect(problemsWith({ user: 1000 })).toEqual(['user: 1000 is not text']);
  });

  it('is box unless said otherwise', () => {
    expect(jobWith({}).user).toEqual({ uid: 1000, gid: 1000 });
  });

  it('numbers are what they look like', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0123456789:+-x ro\n')) }), (text) => {
        const user = resultOf(() => parseUser(text));
        const forms = 'uid' in user ? [`${user.uid}`, `${user.uid}:${user.gid}`] : [text];
        expect(forms).toContain(text);
      }),
    );
  });
});
