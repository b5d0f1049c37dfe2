interface Named {
  readonly suite: string | null;
  readonly job: string;
  readonly case: string | null;
}

/** `suite › job › case` as far as they are there: what people call a case, and what `--filter` looks at. */
export function titleOf({ suite, job, case: name }: Named): string {
  return [suite, job, name].filter((part) => part !== null).join(' › ');
}
