import type { Row } from '../facts/row.js';
import { type Html, html } from '../markup.js';

/** The name of a case: what it belongs to quietly, itself plainly, and what sets it apart from its repetitions. */
export const nameOf = ({ prefix, name, note }: Pick<Row, 'prefix' | 'name' | 'note'>): Html =>
  html`${prefix !== '' && html`<span class="prefix">${prefix}</span>`}${name}${note !== '' && html` <span class="note">${note}</span>`}`;
