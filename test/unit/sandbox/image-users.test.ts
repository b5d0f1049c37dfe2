/** The user that an image names itself, by docker's rules. */
import { describe, expect, test } from 'vitest';
import { groupsOfUser, resolveImageUser } from '../../../src/sandbox/index.js';
import { errorOf } from './support.js';

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\napp:x:1001:1002::/:/bin/sh\nbad:x:70000:0::/:/bin/sh\n';
const GROUP = 'root:x:0:\napp:x:1002:\nstaff:x:50:app\nadm:x:4:syslog,app\nhuge:x:70000:app\n';

const resolve = (user: string) => resolveImageUser(user, PASSWD, GROUP);

describe("an image's user", () => {
  test.each([
    ['app', 1001, 1002, [50, 4]],
    ['1001', 1001, 1002, [50, 4]],
    ['app:staff', 1001, 50, []],
    ['app:7', 1001, 7, []],
    ['1001:staff', 1001, 50, []],
    ['5:6', 5, 6, []],
    ['root', 0, 0, []],
    ['0', 0, 0, []],
  ])('%s is %i:%i besides %j', (user, uid, gid, groups) => {
    expect(resolve(user)).toEqual({ ids: { uid, gid }, groups });
  });

  test('that its table does not have is in group 0, as in docker', () => {
    expect(resolve('4242')).toEqual({ ids: { uid: 4242, gid: 0 }, groups: [] });
    expect(resolveImageUser('0', '', '')).toEqual({ ids: { uid: 0, gid: 0 }, groups: [] });
  });

  test.each([
    ...['', ':', ':0', '0:', '1000:', '+0', '0x0', ' 0', '0 ', '-1', '00', '65535', '65536', '4294967296'],
    ...['app:', 'app:staff:x', 'nobody', 'bad', 'app:huge', 'app:nobody', '0\n', 'app\0', '__proto__', 'x:x'],
  ])('%j is refused', (user) => {
    expect(errorOf(() => resolve(user)).code).toBe('invalid-spec');
  });

  test('is in no more groups than the launcher takes', () => {
    const many = Array.from({ length: 100 }, (_, id) => `g${id}:x:${id + 100}:app\n`).join('');
    expect(groupsOfUser('app', many)).toHaveLength(64);
  });
});
