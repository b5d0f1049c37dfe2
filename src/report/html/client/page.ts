/** The page of one run: made when its address (`#r12`) is opened. What goes in was escaped when the report was written. */
export const PAGE_SCRIPT = String.raw`
const overviewTitle = document.title;
let overviewScroll = 0;
let shownIndex = null;

function neighbour(step) {
  const at = list.chosen.findIndex((row) => row[FIELD.index] === shownIndex);
  const row = at < 0 ? undefined : list.chosen[at + step];
  return row === undefined ? null : '#r' + row[FIELD.index];
}

function setNeighbour(id, step) {
  const target = neighbour(step);
  const link = byId(id);
  link.hidden = target === null;
  if (target !== null) link.href = target;
}

function showPage(index, data) {
  if (shownIndex === null) overviewScroll = scrollY;
  shownIndex = index;
  byId('page-content').innerHTML = data.textContent;
  setNeighbour('previous', -1);
  setNeighbour('next', 1);
  byId('overview').hidden = true;
  byId('page').hidden = false;
  const heading = document.querySelector('#page-content h1');
  document.title = heading.textContent;
  scrollTo(0, 0);
  heading.focus({ preventScroll: true });
}

function showOverview() {
  if (shownIndex === null) return;
  const link = document.querySelector('#overview a[href="#r' + shownIndex + '"]');
  shownIndex = null;
  byId('page').hidden = true;
  byId('overview').hidden = false;
  byId('page-content').replaceChildren();
  document.title = overviewTitle;
  scrollTo(0, overviewScroll);
  link?.focus({ preventScroll: true });
}

function route() {
  const index = /^#r(\d{1,9})$/.exec(location.hash)?.[1];
  const data = index === undefined ? null : document.getElementById('d' + index);
  if (data === null) showOverview();
  else showPage(Number(index), data);
}

function setUpPages() {
  byId('back').addEventListener('click', (event) => {
    event.preventDefault();
    history.pushState(null, '', location.pathname + location.search);
    route();
  });
  document.addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLInputElement;
    if (event.key === 'Escape' && shownIndex !== null && !typing) byId('back').click();
  });
  document.addEventListener('click', (event) => {
    const bar = event.target instanceof Element ? event.target.closest('[data-go]') : null;
    if (bar !== null) location.hash = '#r' + bar.dataset.go;
  });
  addEventListener('hashchange', route);
  addEventListener('popstate', route);
  route();
}
`;
