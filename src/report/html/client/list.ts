import { ROW_FIELDS } from '../facts/row.js';
import { VERDICT_ORDER, VERDICT_WORDS } from '../marks.js';

/** Filter, search and order of the list, and drawing a part of it at a time. Text goes in as text, never as markup. */
export const LIST_SCRIPT = String.raw`
const VERDICTS = ${JSON.stringify(VERDICT_ORDER)};
const WORDS = ${JSON.stringify(VERDICT_WORDS)};
const FIELD = Object.fromEntries(${JSON.stringify(ROW_FIELDS)}.map((name, place) => [name, place]));
const AT_A_TIME = 200;

const CHOICES = {
  all: (row) => !(row[FIELD.flags] & 2),
  flaky: (row) => (row[FIELD.flags] & 1) !== 0,
  build: (row) => (row[FIELD.flags] & 2) !== 0,
};
for (const [place, verdict] of VERDICTS.entries()) {
  CHOICES[verdict] = (row) => row[FIELD.verdict] === place && !(row[FIELD.flags] & 2);
}

const list = { rows: [], texts: [], chosen: [], drawn: 0, show: 'all', search: '', sort: null, down: true };

/** Roles are said aloud because a narrow page does not lay the table out as one. */
function cell(kind, ...children) {
  const made = element('td', kind, ...children);
  made.setAttribute('role', 'cell');
  return made;
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function mark(verdict) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'mark ' + verdict);
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', '#m-' + verdict);
  svg.append(use);
  return svg;
}

function rowElement(row) {
  const verdict = VERDICTS[row[FIELD.verdict]];
  const prefix = row[FIELD.prefix] ? [element('span', 'prefix', row[FIELD.prefix])] : [];
  const link = element('a', 'name', ...prefix, row[FIELD.name]);
  link.href = '#r' + row[FIELD.index];
  if (row[FIELD.note]) link.append(' ', element('span', 'note', row[FIELD.note]));
  const name = cell('', mark(verdict), element('span', 'spoken', WORDS[verdict] + ': '), link);
  if (row[FIELD.reason]) name.append(element('span', 'why', row[FIELD.reason]));
  const line = element(
    'tr',
    '',
    name,
    cell('number ms', row[FIELD.wallText]),
    cell('number wide', row[FIELD.cpuText]),
    cell('number mib', row[FIELD.memoryText]),
    cell('number', row[FIELD.shareText]),
  );
  line.setAttribute('role', 'row');
  return line;
}

function drawMore() {
  const next = list.chosen.slice(list.drawn, list.drawn + AT_A_TIME);
  byId('rows').append(...next.map(rowElement));
  list.drawn += next.length;
  const rest = list.chosen.length - list.drawn;
  byId('more').hidden = rest === 0;
  byId('more').textContent = 'Show ' + Math.min(rest, AT_A_TIME) + ' more of ' + rest;
}

function order(a, b) {
  const keyOf = (row) => (list.sort === 'name' ? row[FIELD.prefix] + row[FIELD.name] : row[FIELD[list.sort]]);
  const [x, y] = [keyOf(a), keyOf(b)];
  if (x === y) return a[FIELD.index] - b[FIELD.index];
  // What is not known comes last, whichever way round.
  if (x === null || y === null) return x === null ? 1 : -1;
  const less = typeof x === 'string' ? (x < y ? -1 : 1) : x - y;
  return list.down ? -less : less;
}

function byImportance(a, b) {
  return a[FIELD.verdict] - b[FIELD.verdict] || a[FIELD.index] - b[FIELD.index];
}

function choose() {
  const words = list.search.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = CHOICES[list.show];
  list.chosen = list.rows.filter(
    (row, place) => wanted(row) && words.every((word) => list.texts[place].includes(word)),
  );
  list.chosen.sort(list.sort === null ? byImportance : order);
  list.drawn = 0;
  byId('rows').replaceChildren();
  const number = list.chosen.length;
  byId('found').textContent = number === 0 ? 'Nothing like that.' : number + (number === 1 ? ' line' : ' lines');
  drawMore();
}

function sortBy(name) {
  // Numbers begin with the highest, names with the first.
  const first = name !== 'name';
  if (list.sort !== name) Object.assign(list, { sort: name, down: first });
  else if (list.down === first) list.down = !first;
  else list.sort = null;
  for (const head of document.querySelectorAll('#list th')) {
    const own = head.dataset.column === name && list.sort !== null;
    if (own) head.setAttribute('aria-sort', list.down ? 'descending' : 'ascending');
    else head.removeAttribute('aria-sort');
  }
  choose();
}

function countChoices() {
  for (const input of document.querySelectorAll('[name=show]')) {
    const number = list.rows.filter(CHOICES[input.value]).length;
    input.parentElement.querySelector('b').textContent = number;
    input.parentElement.hidden = number === 0 && input.value !== 'all';
  }
}

function setUpList() {
  list.rows = JSON.parse(byId('data-rows').textContent);
  list.texts = list.rows.map((row) =>
    [row[FIELD.prefix] + row[FIELD.name], row[FIELD.note], row[FIELD.reason], row[FIELD.labels]].join(' ').toLowerCase(),
  );
  byId('search').addEventListener('input', (event) => {
    list.search = event.target.value;
    choose();
  });
  for (const input of document.querySelectorAll('[name=show]')) {
    input.addEventListener('change', () => {
      list.show = input.value;
      choose();
    });
  }
  for (const button of document.querySelectorAll('[data-sort]')) {
    button.addEventListener('click', () => sortBy(button.dataset.sort));
  }
  byId('more').addEventListener('click', drawMore);
  byId('list').hidden = false;
  countChoices();
  choose();
}
`;
