import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { resolveUser } from '../../../src/sandbox/users.js';
import { parseUser } from '../../../src/spec/index.js';
import { errorOf } from './support.js';

const PASSWD = [
  'root:x:0:0:root:/root:/bin/sh',
  'www-data:x:33:33::/:/bin/sh',
  'app:x:1001:1002::/:/bin/sh',
  '',
].join('\n');
const GROUP = ['root:x:0:', 'www-data:x:33:', 'staff:x:50:app', ''].join('\n');

const resolve = (user: string, passwd = PASSWD, group = GROUP) => resolveUser(parseUser(user), passwd, group);

describe('a user', () => {
  test.each([
    ['1000:7', 1000, 7],
    ['0:0', 0, 0],
    ['33', 33, 33],
    ['app', 1001, 1002],
    ['app:staff', 1001, 50],
    ['root', 0, 0],
  ])('%s is %i:%i', (user, uid, gid) => {
    expect(resolve(user)).toEqual({ uid, gid });
  });

  test('is the first of several of one name, as for libc', () => {
    expect(resolve('app', 'app:x:7:8::\napp:x:0:0::\n')).toEqual({ uid: 7, gid: 8 });
  });

  test('that the image lacks is refused with the nearest name', () => {
    expect(errorOf(() => resolve('ap'))).toEqual({
      code: 'invalid-spec',
      message: 'user: the image has no user "ap"; did you mean "app"?',
    });
    expect(errorOf(() => resolve('app:stuff')).message).toContain('no group "stuff"; did you mean "staff"?');
    expect(errorOf(() => resolve('app', '')).message).toBe('user: the image has no user "app"');
  });
});

describe('no odd text becomes root', () => {
  test.each([
    '1000:',
    '+0',
    '0x0',
    ' 0',
    '0 ',
    '-1',
    '65536',
    '4294967295',
    '4294967296',
    '00',
    '0:00',
    '0:+0',
    ':0',
    '',
    '0\n',
  ])('user %j', (user) => {
    expect(errorOf(() => resolve(user)).code).toBe('invalid-spec');
  });

  test.each([
    '',
    '+0',
    '0x0',
    ' 0',
    '0 ',
    '-0',
    '-1',
    '00',
    '0\r',
    '65535',
    '65536',
    '4294967296',
    '1e3',
    'root',
  ])('an id %j in a table of the image', (id) => {
    expect(errorOf(() => resolve('app', `app:x:${id}:1002::\n`)).code).toBe('invalid-spec');
    expect(errorOf(() => resolve('app', `app:x:1001:${id}::\n`)).code).toBe('invalid-spec');
    expect(errorOf(() => resolve('app:staff', PASSWD, `staff:x:${id}:\n`)).code).toBe('invalid-spec');
  });

  test.each([
    'app',
    'app:',
    'app:x',
    'app:x:',
    'app:x:1',
    '+app:x:0:0',
    '#app:x:0:0',
    ' app:x:0:0',
    '\0app:x:0:0',
  ])('a broken line %j', (line) => {
    expect(errorOf(() => resolve('app', line)).code).toBe('invalid-spec');
  });

  test.prop([fc.string({ unit: fc.constantFrom('a', 'p', 'app', ':', 'x', '0', '1', '+', '-', '\n', ' ') })])(
    'a table of noise',
    (passwd) => {
      const honest = passwd.split('\n').some((line) => /^app:[^:]*:0:/.test(line));
      let uid: number | null = null;
      try {
        uid = resolve('app', passwd).uid;
      } catch {
        return; // refused
      }
      if (!honest) expect(uid).not.toBe(0);
    },
  );
});
