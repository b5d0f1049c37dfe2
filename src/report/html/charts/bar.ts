import { type Html, html, NOTHING } from '../markup.js';
import { across } from './scale.js';

/** How close to its limit something is called close: from here on it is drawn strongly. */
const CLOSE = 0.9;

/**
 * A share of a whole, as a bar; beside its figure, so that it is hidden from screen readers.
 *
 * @param ofLimit whether the whole is something that must not be reached
 */
export function shareBar(share: number | null, ofLimit = true): Html {
  if (share === null) return NOTHING;
  const width = across(Math.min(Math.max(share, 0), 1));
  const kind = ofLimit && share >= CLOSE ? 'bar close' : 'bar';
  return html`<svg class="${kind}" aria-hidden="true">${share >= 0.002 && html`<rect width=${width} height=100% />`}</svg>`;
}
