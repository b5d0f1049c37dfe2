import { quote } from '../../core/index.js';
import { usageError } from '../run/values.js';
import type { TestFlags } from './flags.js';

/** Flags as the history keeps them: the values of each, none where it takes none. */
export type KeptFlags = Readonly<Record<string, readonly string[]>>;

type Kept =
  | 'filter'
  | 'label'
  | 'shard'
  | 'repeat'
  | 'retries'
  | 'isolation'
  | 'allowOutside'
  | 'allowUnsafe'
  | 'allowDegraded';

/** What a run is about, and how strict it is: resumed with others, it would be another run. */
const KEPT: Readonly<Record<Kept, string>> = {
  filter: '--filter',
  label: '--label',
  shard: '--shard',
  repeat: '--repeat',
  retries: '--retries',
  isolation: '--isolation',
  allowOutside: '--allow-outside',
  allowUnsafe: '--allow-unsafe',
  allowDegraded: '--allow-degraded',
};

const KEYS = Object.keys(KEPT) as Kept[];

function valuesOf(value: TestFlags[Kept]): readonly string[] | undefined {
  if (value === undefined || value === false) return undefined;
  if (value === true) return [];
  if (typeof value === 'string') return [value];
  return value.length === 0 ? undefined : value;
}

export function keptFlags(flags: TestFlags): KeptFlags {
  const given = KEYS.flatMap((key) => {
    const values = valuesOf(flags[key]);
    return values === undefined ? [] : [[KEPT[key], values] as const];
  });
  return Object.fromEntries(given);
}

const written = (flag: string, values: readonly string[]): string =>
  values.length === 0 ? flag : values.map((value) => `${flag} ${quote(value)}`).join(' ');

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  JSON.stringify([...some].sort()) === JSON.stringify([...others].sort());

function refuseOthers(given: KeptFlags, kept: KeptFlags): void {
  for (const [flag, values] of Object.entries(given)) {
    const before = kept[flag];
    if (before !== undefined && isSame(values, before)) continue;
    const had = before === undefined ? `no ${flag}` : written(flag, before);
    throw usageError(
      `--resume goes on with a run that had ${had}, not ${written(flag, values)}; leave it out, or begin a new run`,
    );
  }
}

const VALUE: Readonly<Record<Kept, (values: readonly string[]) => TestFlags[Kept]>> = {
  filter: (values) => values,
  label: (values) => values,
  shard: ([value]) => value,
  repeat: ([value]) => value,
  retries: ([value]) => value,
  isolation: ([value]) => value,
  allowOutside: () => true,
  allowUnsafe: () => true,
  allowDegraded: () => true,
};

/**
 * The flags of a run that goes on with one that had `kept`.
 *
 * @throws HotcellError `invalid-usage` when one of them says something else than it did then
 */
export function resumedFlags(flags: TestFlags, kept: KeptFlags): TestFlags {
  const unknown = Object.keys(kept).find((flag) => !Object.values(KEPT).includes(flag));
  if (unknown !== undefined)
    throw usageError(`--resume: the run had ${unknown}, which this version does not know`);
  refuseOthers(keptFlags(flags), kept);
  const before = KEYS.flatMap((key) => {
    const values = kept[KEPT[key]];
    return values === undefined ? [] : [[key, VALUE[key](values)] as const];
  });
  return { ...flags, ...Object.fromEntries(before) };
}
