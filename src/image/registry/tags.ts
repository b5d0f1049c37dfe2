import * as z from 'zod';
import { TAG } from './endpoint.js';
import { RegistryFault } from './fault.js';
import { type HttpResponse, header } from './http.js';
import type { RegistryReference } from './model.js';
import type { Target } from './policy.js';
import { pullScopes } from './scopes.js';
import type { Session } from './session.js';

const MAX_PAGE_BYTES = 4 * 1024 * 1024;
const PAGE_TAGS = 1000;
const MAX_PAGES = 100;
const MAX_TAGS = 100_000;

/** What is no tag is left out below: it could not be asked for anyway. */
const page = z.object({ tags: z.array(z.string()).nullish() });

function parse(response: HttpResponse, bytes: Buffer): readonly string[] {
  try {
    return (page.parse(JSON.parse(bytes.toString())).tags ?? []).filter((tag) => TAG.test(tag));
  } catch {
    throw new RegistryFault({ host: response.url.host, problem: 'did not answer with a list of tags' });
  }
}

/** Where the next page is. Source: RFC 8288, of which registries use one form. */
function nextPage(response: HttpResponse): string | undefined {
  const [, address] = /^<([^>]{1,4096})>\s*;.*\brel="?next"?/i.exec(header(response, 'link') ?? '') ?? [];
  return address;
}

/** All tags of a repository, in the registry's order. */
export async function listTags(session: Session, ref: RegistryReference): Promise<readonly string[]> {
  const tags = new Set<string>();
  let to: string | Target = `${ref.repository}/tags/list?n=${PAGE_TAGS}`;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const call = { method: 'GET', to, scopes: pullScopes(ref), expect: [200] } as const;
    const { response, bytes } = await session.read(call, { maxBytes: MAX_PAGE_BYTES, what: 'list of tags' });
    const before = tags.size;
    for (const tag of parse(response, bytes)) tags.add(tag);
    if (tags.size > MAX_TAGS) break;
    const next = nextPage(response);
    // A page without anything new is the mark of a server that goes round in circles.
    if (next === undefined || tags.size === before) return [...tags];
    to = await session.policy.target(response.url, next);
  }
  throw new RegistryFault({ host: session.host, problem: 'has a list of tags that does not end' });
}
