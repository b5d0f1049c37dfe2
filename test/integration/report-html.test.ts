import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHtmlReporter } from '../../src/report/html/index.js';
import type { Outcome } from '../../src/spec/index.js';
import { accessibilityFindings, launchBrowser, openPage, type WatchedPage } from '../support/browser.js';
import { ALL_ATTACKS, hostileOutcomes } from '../unit/report/html/hostile.js';
import { SAMPLE_START, sampleRun } from '../unit/report/html/sample.js';
import { textOf } from '../unit/report/support.js';

const PHONE = { viewport: { width: 390, height: 844 } } as const;
const DESKTOP = { viewport: { width: 1440, height: 900 } } as const;

let browser: Browser;
let directory: string;

beforeAll(async () => {
  browser = await launchBrowser();
  directory = mkdtempSync(join(tmpdir(), 'hotcell-html-test-'));
});

afterAll(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true, force: true });
});

let reports = 0;

async function writeReport(outcomes: readonly Outcome[], start: object = SAMPLE_START): Promise<string> {
  const path = join(directory, `report-${reports++}.html`);
  writeFileSync(path, await textOf((sink) => createHtmlReporter(sink), outcomes, { start }));
  return pathToFileURL(path).href;
}

async function visit(url: string, options: BrowserContextOptions = DESKTOP): Promise<WatchedPage> {
  const watched = await openPage(browser, options);
  await watched.page.goto(url);
  return watched;
}

const names = ({ page }: WatchedPage): Promise<string[]> => page.locator('#rows tr .name').allTextContents();

const evaluate = <T>({ page }: WatchedPage, script: string): Promise<T> => page.evaluate<T>(script);

describe('the HTML report in a browser', { timeout: 120_000 }, () => {
  it('narrows the list by verdict and by search, and says how much is left', async () => {
    const watched = await visit(await writeReport(sampleRun()));
    const { page, complaints } = watched;
    expect(await names(watched)).toHaveLength(60);
    await page.getByText('In error 1', { exact: true }).click();
    expect(await names(watched)).toEqual(['suites/algorithms.suite.yaml › sum › small-6']);
    await page.getByText('All 60', { exact: true }).click();
    await page.fill('#search', 'SIGABRT overflow-2');
    expect(await names(watched)).toEqual(['suites/algorithms.suite.yaml › primes[lang=c] › overflow-2']);
    expect(await page.textContent('#found')).toBe('1 line');
    await page.fill('#search', 'no such case');
    expect(await page.textContent('#found')).toBe('Nothing like that.');
    expect(complaints).toEqual([]);
  });

  it('orders the list by any column, what is not known last', async () => {
    const watched = await visit(await writeReport(sampleRun()));
    const { page } = watched;
    await page.click('#list [data-sort=wall]');
    const figures = async (): Promise<string[]> => page.locator('#rows td:nth-child(2)').allTextContents();
    const down = await figures();
    expect(down[0]).toBe('2\u202f480.0');
    expect(down.at(-1)).toBe('–');
    expect(await page.getAttribute('#list th[data-column=wall]', 'aria-sort')).toBe('descending');
    await page.click('#list [data-sort=wall]');
    expect((await figures()).at(-1)).toBe('–');
    expect((await figures()).slice(0, -1)).toEqual(down.slice(0, -1).reverse());
  });

  it('opens the page of a run by its link, steps on, and comes back to where it was', async () => {
    const watched = await visit(await writeReport(sampleRun()));
    const { page, complaints } = watched;
    await page.locator('#rows a').nth(4).click();
    expect(await page.locator('#page-content h1').textContent()).toContain('guess › large-5');
    expect(await page.isVisible('#overview')).toBe(false);
    expect(await page.locator('#page-content .series').count()).toBe(3);
    expect(await page.title()).toContain('large-5');
    await page.click('#previous');
    expect(await page.locator('#page-content h1').textContent()).toContain('empty-input-4');
    expect(await page.locator('#page-content .companion').textContent()).toContain('91 = 7 × 13');
    await page.keyboard.press('Escape');
    expect(await page.isVisible('#overview')).toBe(true);
    expect(await evaluate(watched, 'document.activeElement.textContent')).toContain('empty-input-4');
    await page.goBack();
    expect(await page.locator('#page-content h1').textContent()).toContain('empty-input-4');
    expect(complaints).toEqual([]);
  });

  it('keeps earlier attempts, one link away', async () => {
    const { page } = await visit(await writeReport(sampleRun()));
    await page.getByText('Flaky 4', { exact: true }).click();
    await page.locator('#rows a').first().click();
    await page.locator('.attempts a').click();
    expect(await page.locator('#page-content .ending').textContent()).toContain('another followed');
    expect(await page.locator('#page-content').textContent()).toContain(
      'connection to 127.0.0.1:4317 refused',
    );
  });

  it('follows the system into the dark, can be told otherwise, and remembers it', async () => {
    const watched = await visit(await writeReport(sampleRun(10)), { ...DESKTOP, colorScheme: 'dark' });
    const { page, complaints } = watched;
    const paper = (): Promise<string> =>
      evaluate(watched, 'getComputedStyle(document.documentElement).backgroundColor');
    const dark = await paper();
    await page.click('#theme');
    const light = await paper();
    expect(light).not.toBe(dark);
    expect(await page.textContent('#theme')).toBe('Dark');
    await page.reload();
    expect(await paper()).toBe(light);
    expect(complaints).toEqual([]);
  });

  it('can be read without its script', async () => {
    const { page, complaints } = await visit(await writeReport(sampleRun()), {
      ...DESKTOP,
      javaScriptEnabled: false,
    });
    expect(await page.locator('h1').first().textContent()).toBe('9 of 60 cases did not pass');
    expect(await page.locator('noscript .cases tbody tr:visible').count()).toBe(61);
    expect(await page.isVisible('#list')).toBe(false);
    await page.locator('.failure summary').nth(1).click();
    expect(await page.locator('.failure .diff').first().isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });

  it.each([
    ['a phone', PHONE],
    ['a desktop', DESKTOP],
  ])('fits the width of %s, whatever is in it', async (_, size) => {
    const long = 'x'.repeat(500);
    const outcomes = [...sampleRun(20), ...hostileOutcomes()].map((outcome, index) =>
      index === 3 ? { ...outcome, job: long, failures: [long] } : outcome,
    );
    const watched = await visit(await writeReport(outcomes), size);
    const { page } = watched;
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await evaluate(watched, overflow)).toBe(0);
    for (const index of [3, 7, outcomes.length - 1]) {
      await evaluate(watched, `location.hash = '#r${index}'`);
      await page.waitForFunction(`document.querySelector('#page-content h1') !== null`);
      expect(await evaluate(watched, overflow), `page ${index}`).toBe(0);
    }
    expect((await page.screenshot({ fullPage: true })).length).toBeGreaterThan(10_000);
  });

  it.each([
    ['light', PHONE],
    ['dark', PHONE],
    ['light', DESKTOP],
    ['dark', DESKTOP],
  ] as const)('gives axe nothing to find: %s, %o', async (colorScheme, size) => {
    const watched = await visit(await writeReport(sampleRun()), { ...size, colorScheme, bypassCSP: true });
    expect(await accessibilityFindings(watched.page)).toEqual([]);
    // The page of the run with the most to show: crash in colours, series, companions lie in others.
    for (const index of [13, 19, 26]) {
      await evaluate(watched, `location.hash = '#r${index}'`);
      await watched.page.waitForFunction(`document.querySelector('#page-content h1') !== null`);
      await evaluate(watched, `for (const one of document.querySelectorAll('details')) one.open = true`);
      expect(await accessibilityFindings(watched.page), `page ${index}`).toEqual([]);
    }
  });

  it('runs and loads nothing that a program, a suite or a file name put into it', async () => {
    const outcomes = hostileOutcomes();
    const watched = await visit(
      await writeReport(outcomes, { id: ALL_ATTACKS, version: ALL_ATTACKS, suites: [ALL_ATTACKS, '<b>'] }),
    );
    const foreign = `[...document.querySelectorAll('img, iframe, object, embed, base, form, script:not([type="application/json"], [type="text/html"]), [onerror], [onload], [onmouseover], a[href^="javascript"]')].length`;
    expect(await evaluate(watched, foreign)).toBe(1);
    for (const index of outcomes.keys()) {
      await evaluate(watched, `location.hash = '#r${index}'`);
      await watched.page.waitForFunction(
        `location.hash === '#r${index}' && !document.querySelector('#page').hidden`,
      );
      expect(await evaluate(watched, foreign), `page ${index}`).toBe(1);
    }
    await watched.page.click('#back');
    await watched.page.fill('#search', '<img');
    expect((await names(watched)).length).toBeGreaterThan(0);
    expect(await evaluate(watched, foreign)).toBe(1);
    expect(await evaluate(watched, 'globalThis.pwned')).toBeUndefined();
    expect(watched.complaints).toEqual([]);
  });

  it('would not run foreign markup even if there were some', async () => {
    const watched = await visit(await writeReport(sampleRun(5)));
    await evaluate(
      watched,
      `document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="globalThis.pwned = 1"><b style="color:red">b</b>')`,
    );
    await expect.poll(() => watched.complaints.join('\n')).toContain('policy violated: script-src-attr');
    expect(await evaluate(watched, 'globalThis.pwned')).toBeUndefined();
  });

  it('stays usable with ten thousand cases', async () => {
    const watched = await visit(await writeReport(sampleRun(10_000)));
    const { page, complaints } = watched;
    expect(await names(watched)).toHaveLength(200);
    expect(await page.textContent('#more')).toBe('Show 200 more of 9800');
    await page.click('#more');
    expect(await names(watched)).toHaveLength(400);
    await page.fill('#search', 'negative-1000');
    await expect.poll(() => names(watched)).toHaveLength(1);
    await page.locator('#rows a').click();
    expect(await page.locator('#page-content h1').textContent()).toContain('negative-1000');
    // What is drawn at once does not grow with the run.
    expect(await evaluate<number>(watched, `document.querySelectorAll('body *').length`)).toBeLessThan(
      30_000,
    );
    expect(complaints).toEqual([]);
  });
});
