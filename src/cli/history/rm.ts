import { forEachNamed } from '../listing/each.js';
import { oneLine } from '../text.js';
import type { HistoryServices } from './services.js';

export interface RmFlags {
  readonly force?: boolean;
  readonly color?: boolean;
}

/**
 * `hotcell rm`: each run that is removed is named on a line.
 *
 * @returns the exit code: 1 when not all were
 * @throws HotcellError `io`
 */
export async function rmCommand(
  flags: RmFlags,
  runs: readonly string[],
  services: HistoryServices,
): Promise<number> {
  const history = await services.openHistory();
  return await forEachNamed(runs, services.io, {
    command: 'rm',
    act: async (run) => {
      await history.remove(run, { force: flags.force ?? false });
      await services.io.stdout.write(`${oneLine(run)}\n`);
    },
  });
}
