import { systemClock } from '../../core/index.js';
import { complain } from '../listing/each.js';
import { reason } from '../reason.js';
import { usageError, wholeNumber } from '../run/values.js';
import { parseRunFilters, wantsEnded } from './filter.js';
import type { History, StoredRun } from './model.js';
import { printIds, psPrinter } from './ps-format.js';
import type { HistoryServices } from './services.js';

export interface PsFlags {
  readonly all?: boolean;
  readonly quiet?: boolean;
  /** `--no-trunc` */
  readonly trunc?: boolean;
  readonly last?: string;
  readonly latest?: boolean;
  readonly filter?: readonly string[];
  readonly format?: string;
  readonly color?: boolean;
}

function planCount({ last, latest }: PsFlags): number | null {
  if (latest && last !== undefined)
    throw usageError('--latest and --last exclude each other; --latest is --last 1');
  if (latest) return 1;
  const count = last === undefined ? null : wholeNumber('--last', last);
  if (count === 0) throw usageError('--last: 0 is no run; use 1 or more');
  return count;
}

async function listed(history: History, services: HistoryServices): Promise<readonly StoredRun[]> {
  const damaged: string[] = [];
  const runs = await history.list({ onDamaged: (id, error) => damaged.push(`run ${id}: ${reason(error)}`) });
  if (damaged.length > 0) await complain(services.io, 'ps', damaged.join('\n'));
  return runs;
}

/**
 * `hotcell ps`: the runs that are kept, the newest first.
 *
 * @returns the exit code
 * @throws HotcellError `invalid-usage`, `io`
 */
export async function psCommand(flags: PsFlags, services: HistoryServices): Promise<number> {
  const count = planCount(flags);
  const filter = parseRunFilters(flags.filter ?? []);
  const chosen = psPrinter(flags.format);
  const print = flags.quiet ? printIds : chosen;
  const history = await services.openHistory();
  const all = await listed(history, services);
  const showsEnded = flags.all === true || count !== null || wantsEnded(filter);
  const shown = showsEnded ? all : all.filter(({ state }) => state === 'running');
  const left = await filter.apply(shown, async (reference) => await history.get(reference));
  const now = (services.clock ?? systemClock).date();
  const text = print(left.slice(0, count ?? left.length), { now, truncates: flags.trunc !== false });
  await services.io.stdout.write(text);
  return 0;
}
