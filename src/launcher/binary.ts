import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HotcellError } from '../core/index.js';

/** Source and build output lie equally deep below the package's root. */
const packageRoot = new URL('../../', import.meta.url);

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // absent, or not ours to run: the next candidate is asked
  }
}

/** Where the launcher may be, in order: what was said, this checkout's build, the packed binary. */
function candidates(): string[] {
  return ['build/hotcell-launcher', `prebuilt/linux-${process.arch}/hotcell-launcher`].map((path) =>
    fileURLToPath(new URL(path, packageRoot)),
  );
}

/**
 * The launcher's path: `given`, else `$HOTCELL_LAUNCHER`, else the checkout's build, else the packed binary.
 *
 * @throws HotcellError `launcher-not-found`
 */
export function findLauncher(given: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const said = given ?? (env.HOTCELL_LAUNCHER || undefined);
  const found = said === undefined ? candidates().find(isExecutable) : isExecutable(said) ? said : undefined;
  if (found !== undefined) return found;
  throw new HotcellError({
    code: 'launcher-not-found',
    message:
      said === undefined
        ? `there is no launcher for linux-${process.arch}`
        : `the launcher ${said} is not there or not executable`,
    hint:
      said === undefined
        ? 'in a checkout run "npm run build:launcher"'
        : 'mend or unset $HOTCELL_LAUNCHER (or the launcherPath option)',
  });
}
