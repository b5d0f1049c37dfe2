export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do about it, lines to copy; null when it works. */
  readonly remedy: string | null;
  /** Whether isolation full works also without it, only weaker; then `isolation.degraded` of each outcome says so. */
  readonly optional?: boolean;
}

export const check = (name: string, ok: boolean, detail: string, remedy: string): DoctorCheck => ({
  name,
  ok,
  detail,
  remedy: ok ? null : remedy,
});

export const optional = (given: DoctorCheck): DoctorCheck => ({ ...given, optional: true });
