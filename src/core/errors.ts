/** Every code a {@link HotcellError} can carry. The list is closed: callers may switch over it. */
export const ERROR_CODES = [
  'invalid-spec',
  'invalid-usage',
  'launcher-not-found',
  'launcher-failed',
  'protocol-error',
  'isolation-unavailable',
  'bad-archive',
  'image-not-found',
  'image-in-use',
  'registry',
  'io',
  'closed',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface HotcellErrorInit {
  readonly code: ErrorCode;
  readonly message: string;
  /** What the reader can do about it: a command, a flag, a setting. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A fault of the caller's or of Hotcell's own. What a sandboxed program does is never an error of this kind:
 * it is data in the outcome.
 */
export class HotcellError extends Error {
  override readonly name = 'HotcellError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor({ code, message, hint, cause }: HotcellErrorInit) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}

/** The error for input that is not as it should be. */
export function invalidSpec(message: string, hint?: string): HotcellError {
  return new HotcellError({ code: 'invalid-spec', message, hint });
}
