import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { HotcellError, quote } from '../core/index.js';

type HomeEnv = Readonly<Record<string, string | undefined>>;

/**
 * Where Hotcell keeps what outlives a run: `$HOTCELL_HOME`, for root /var/lib/hotcell, else `$XDG_DATA_HOME/hotcell` or
 * ~/.local/share/hotcell. Source for the latter: https://specifications.freedesktop.org/basedir-spec/latest/ (a relative path
 * there is to be ignored).
 *
 * @throws HotcellError `invalid-usage` for a $HOTCELL_HOME that is not absolute
 */
export function homeDirectory(env: HomeEnv = process.env, uid: number = process.geteuid?.() ?? 0): string {
  const { HOTCELL_HOME: own = '', XDG_DATA_HOME: data = '', HOME: home = homedir() } = env;
  if (own !== '' && !isAbsolute(own)) {
    throw new HotcellError({
      code: 'invalid-usage',
      message: `HOTCELL_HOME: ${quote(own)} is not an absolute path`,
    });
  }
  if (own !== '') return own;
  if (uid === 0) return '/var/lib/hotcell';
  return join(isAbsolute(data) ? data : join(home, '.local', 'share'), 'hotcell');
}
