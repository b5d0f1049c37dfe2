import { type Html, html, NOTHING } from '../markup.js';
import { across } from './scale.js';

/** How close to its limit something is called close: from here on it is drawn strongly. */
export const CLOSE = 0.9;

/** A share of a whole, as a bar; beside its figure, so that it is hidden from screen readers. */
export function shareBar(share: number | null): Html {
  if (share === null) return NOTHING;
  const width = across(Math.min(Math.max(share, 0), 1));
  const kind = share >= CLOSE ? 'bar close' : 'bar';
  return html`<svg class="${kind}" aria-hidden="true"><rect class="whole" width="100%" height="100%"/><rect class="part" width="${width}" height="100%"/></svg>`;
}
