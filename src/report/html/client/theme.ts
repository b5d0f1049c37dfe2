/** Light or dark: what was chosen before, else what the system wants. */
export const THEME_SCRIPT = `
const root = document.documentElement;
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

function storedTheme() {
  try {
    return localStorage.getItem('hotcell-theme');
  } catch {
    return null; // a page without an origin has no storage
  }
}

function storeTheme(theme) {
  try {
    localStorage.setItem('hotcell-theme', theme);
  } catch {}
}

function isDark() {
  const theme = root.dataset.theme;
  return theme === undefined ? systemIsDark.matches : theme === 'dark';
}

function setUpTheme() {
  const button = byId('theme');
  const label = () => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', isDark() ? 'Switch to light colours' : 'Switch to dark colours');
  };
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    storeTheme(root.dataset.theme);
    label();
  });
  systemIsDark.addEventListener('change', label);
  button.hidden = false;
  label();
}

// At once, so that nothing is painted in the wrong colours first.
const stored = storedTheme();
if (stored === 'light' || stored === 'dark') root.dataset.theme = stored;
`;
