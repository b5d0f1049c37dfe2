import * as z from 'zod';
import { quote } from '../../core/index.js';
import { readBounded } from './body.js';
import { type HttpResponse, header } from './http.js';

const MAX_WORDS_BYTES = 64 * 1024;
const MAX_SHOWN = 160;

const errorBody = z.object({
  errors: z
    .array(z.object({ code: z.string().optional(), message: z.string().optional() }))
    .min(1)
    .optional(),
  // Token servers and some gateways say it so.
  details: z.string().optional(),
  message: z.string().optional(),
  error: z.string().optional(),
  error_description: z.string().optional(),
});

function fromJson(text: string): string | undefined {
  try {
    const body = errorBody.parse(JSON.parse(text));
    const [first] = body.errors ?? [];
    const parts = [first?.code, first?.message].filter((part) => part !== undefined && part !== '');
    const words = parts.length > 0 ? parts.join(': ') : undefined;
    return words ?? body.details ?? body.message ?? body.error_description ?? body.error;
  } catch {
    return undefined;
  }
}

const firstLine = (text: string): string => text.trim().split('\n', 1)[0]?.trim() ?? '';

/** What the body of an answer says, as one short printable piece of text; '' when it says nothing. */
function words(response: HttpResponse, text: string): string {
  const type = header(response, 'content-type') ?? '';
  const json = fromJson(text);
  if (json !== undefined) return quote(firstLine(json), MAX_SHOWN);
  if (/\bhtml\b/i.test(type) || /^\s*</.test(text)) return 'with a web page';
  const line = firstLine(text);
  return line === '' ? '' : quote(line, MAX_SHOWN);
}

/** `404: "NAME_UNKNOWN: repository name not known to registry"`, whatever was sent. Ends the response. */
export async function serverWords(response: HttpResponse): Promise<string> {
  let said = '';
  try {
    said = words(response, (await readBounded(response, { maxBytes: MAX_WORDS_BYTES, what: '' })).toString());
  } catch {
    // The status alone has to do: a body that breaks off or never ends explains nothing.
  }
  if (said.startsWith('with')) return `${response.status} ${said}`;
  return said === '' ? `${response.status}` : `${response.status}: ${said}`;
}
