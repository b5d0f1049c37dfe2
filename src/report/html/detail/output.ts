import type { Outcome, StreamOutcome } from '../../../spec/index.js';
import { commandLine, inputText } from '../../text/how.js';
import { streamNote, streamText } from '../../text/stream.js';
import { ansiToHtml } from '../ansi.js';
import { bytes, cut, plural } from '../format.js';
import { type Html, html, NOTHING } from '../markup.js';

function notes(stream: StreamOutcome, missing: number): Html {
  const note = streamNote(stream);
  const parts = [
    bytes(stream.bytes),
    note,
    missing > 0 && `${plural(missing, 'character')} left out of this page`,
  ].filter((part) => part !== null && part !== false);
  return html`<span class="note">${parts.join(' · ')}</span>`;
}

/** A stream that holds nothing is not shown. A box that scrolls must be reached with the keyboard, too. */
function block(name: string, stream: StreamOutcome, max: number): Html {
  if (stream.bytes === 0) return NOTHING;
  const { head, missing } = cut(streamText(stream), max);
  const heading = html`<h3>${name} ${notes(stream, missing)}</h3>`;
  if (max === 0) return heading;
  return html`${heading}<pre class="output" tabindex="0" aria-label="${name}">${ansiToHtml(head)}</pre>`;
}

/** How the program was run: what it takes to do it again. Nothing when it was not written down. */
export function howBlock(outcome: Pick<Outcome, 'command' | 'input'>): Html {
  const command = commandLine(outcome);
  const input = inputText(outcome.input);
  if (command === null && input === null) return NOTHING;
  const note = input?.note ?? null;
  return html`${command !== null && html`<pre class="output" tabindex="0" aria-label="command">${command}</pre>`}${
    input !== null &&
    html`<h3>stdin ${note !== null && html`<span class="note">${note}</span>`}</h3><pre class="output" tabindex="0" aria-label="stdin">${input.text}</pre>`
  }`;
}

/** What was written to stdout and stderr, at most `max` characters of each. */
export function outputBlocks(
  { stdout, stderr }: { readonly stdout: StreamOutcome; readonly stderr: StreamOutcome },
  max: number,
): Html {
  if (stdout.bytes === 0 && stderr.bytes === 0) return html`<p class="aside">Nothing was written.</p>`;
  return html`${block('stdout', stdout, max)}${block('stderr', stderr, max)}`;
}
