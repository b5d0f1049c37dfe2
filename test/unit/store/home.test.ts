import { expect, it } from 'vitest';
import { homeDirectory } from '../../../src/store/index.js';

it.each([
  [{ HOTCELL_HOME: '/srv/hotcell', XDG_DATA_HOME: '/x' }, 1000, '/srv/hotcell'],
  [{ HOTCELL_HOME: '/srv/hotcell' }, 0, '/srv/hotcell'],
  [{ HOTCELL_HOME: '', HOME: '/home/me' }, 0, '/var/lib/hotcell'],
  [{ HOME: '/home/me' }, 1000, '/home/me/.local/share/hotcell'],
  [{ HOME: '/home/me', XDG_DATA_HOME: '/data' }, 1000, '/data/hotcell'],
  [{ HOME: '/home/me', XDG_DATA_HOME: 'data' }, 1000, '/home/me/.local/share/hotcell'],
  [{ HOME: '/home/me', XDG_DATA_HOME: '' }, 1000, '/home/me/.local/share/hotcell'],
])('of %j and user %i is %s', (env, uid, expected) => {
  expect(homeDirectory(env, uid)).toBe(expected);
});

it('is not relative', () => {
  expect(() => homeDirectory({ HOTCELL_HOME: 'here' }, 0)).toThrow(
    'HOTCELL_HOME: "here" is not an absolute path',
  );
});
