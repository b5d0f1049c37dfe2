/** The frame around everything: head, policy, places that the script fills. */
import { createHash } from 'node:crypto';
import { SCRIPT } from './client/script.js';
import { SYMBOLS } from './marks.js';
import { type Html, html, raw } from './markup.js';
import { STYLE } from './style/style.js';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * Nothing is loaded, and nothing runs but our own script and style, known by their hashes: even if markup of a program's
 * making got into the page, it could neither run nor reach anything. See https://www.w3.org/TR/CSP3/.
 */
const POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** @param title of the tab */
export const documentBegin = (title: string): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${raw(STYLE)}</style>
<script>${raw(SCRIPT)}</script>
</head>
<body>
`;

export const overviewBegin = (runId: string): Html => html`${SYMBOLS}
<header class="masthead"><span><b>Hotcell</b> report</span><span class="run">run ${runId}</span><button type="button" id="theme" hidden>Dark</button></header>
<main id="overview">
`;

export const OVERVIEW_END: Html = raw(`</main>
<main id="page" hidden>
<nav aria-label="Runs"><a id="back" href="#cases">← Report</a><a id="previous" href="#cases">Previous</a><a id="next" href="#cases">Next</a></nav>
<article id="page-content"></article>
</main>
`);

export const DOCUMENT_END = '</body>\n</html>\n';
