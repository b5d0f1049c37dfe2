/** A real browser for what only a browser can tell: layout, script, policy, accessibility. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const EXECUTABLE = process.env.HOTCELL_TEST_CHROMIUM ?? '/usr/bin/chromium';

/** @throws when there is no browser: what cannot be tested must not look as if it had been */
export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(EXECUTABLE))
    throw new Error(`${EXECUTABLE} is not there; apt-get install -y --no-install-recommends chromium`);
  // Our tests run as root in containers, where Chromium cannot set up its own sandbox.
  return chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export interface WatchedPage {
  readonly page: Page;
  /** Everything that the browser complained of: console, exceptions, violations of the policy, requests. */
  readonly complaints: readonly string[];
}

// Text, because what runs in the page has other globals than we.
const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) =>
  console.error('policy violated: ' + event.violatedDirective + ' ' + event.sample));`;

/** A page of its own that remembers what went wrong, and what it asked for besides its own file. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith('file:') && url !== 'data:,') complaints.push(`request: ${url}`);
  });
  await page.addInitScript({ content: REPORT_VIOLATIONS });
  return { page, complaints };
}

const RUN_AXE = `axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => ({
  id,
  impact,
  places: nodes.slice(0, 3).map(({ html, failureSummary }) => html + ': ' + failureSummary),
})))`;

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly places: readonly string[];
}

/** What axe finds in the page as it is now. The page's policy must not keep axe out: see `bypassCSP`. */
export async function accessibilityFindings(page: Page): Promise<Finding[]> {
  await page.addScriptTag({ path: AXE });
  return page.evaluate<Finding[]>(RUN_AXE);
}
