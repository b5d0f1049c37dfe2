/**
 * The one script of the page, written without a build step: a browser reads it as it stands here. All markup is made when
 * the report is written; what is left for the browser is to choose, to order and to show.
 */
import { LIST_SCRIPT } from './list.js';
import { PAGE_SCRIPT } from './page.js';
import { THEME_SCRIPT } from './theme.js';

const START = `
document.addEventListener('DOMContentLoaded', () => {
  root.classList.add('scripts');
  setUpTheme();
  setUpList();
  setUpPages();
});
`;

const HELPERS = `
const byId = (id) => document.getElementById(id);
`;

export const SCRIPT = `(() => {
'use strict';
${HELPERS}${THEME_SCRIPT}${LIST_SCRIPT}${PAGE_SCRIPT}${START}})();
`;
