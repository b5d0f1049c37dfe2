import picocolors from 'picocolors';

export type Colors = ReturnType<typeof picocolors.createColors>;

interface Wish {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False after `--no-color`. */
  readonly flag: boolean;
  readonly isTty: boolean;
}

/** https://no-color.org: any value but the empty one switches colours off, and the flag is stronger than the terminal. */
export function wantsColor({ env, flag, isTty }: Wish): boolean {
  if (!flag || (env.NO_COLOR ?? '') !== '') return false;
  return isTty && env.TERM !== 'dumb';
}

export function colors(enabled: boolean): Colors {
  return picocolors.createColors(enabled);
}
