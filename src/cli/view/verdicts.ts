import type { Verdict } from '../../spec/index.js';

/** How each verdict is shown: total, so that none is ever shown as another. */
export const LOOKS = {
  failed: { mark: '✗', paint: 'red' },
  error: { mark: '!', paint: 'magenta' },
  passed: { mark: '✓', paint: 'green' },
  skipped: { mark: '–', paint: 'yellow' },
} as const satisfies Record<Verdict, { readonly mark: string; readonly paint: string }>;
