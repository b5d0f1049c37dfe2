import type { StreamOutcome } from '../../spec/index.js';

/** What a program wrote, as text: bytes that are not UTF-8 come out as U+FFFD. */
export const streamText = (stream: StreamOutcome): string =>
  'text' in stream ? stream.text : Buffer.from(stream.base64, 'base64').toString('utf8');

/** What is to be said beside it; null when it is all there as it was written. */
export function streamNote(stream: StreamOutcome): string | null {
  const kept = 'text' in stream ? Buffer.byteLength(stream.text) : Buffer.byteLength(stream.base64, 'base64');
  const notes = [
    ...('base64' in stream ? ['not UTF-8'] : []),
    ...(stream.truncated ? ['cut at the output limit'] : []),
    ...(kept < stream.bytes ? [`the first ${kept} of ${stream.bytes} bytes`] : []),
  ];
  return notes.length === 0 ? null : notes.join('; ');
}
