import { HotcellError, quote } from '../../core/index.js';
import { isDigest } from './digest.js';
import { DOMAIN, FULL_ID, MAX_NAME_LENGTH, PATH, TAG } from './grammar.js';

/** The name of an image, with docker's defaults filled in. */
export interface Reference {
  /** Host and port of the registry; `docker.io` for the hub. */
  readonly domain: string;
  /** The repository there: `library/alpine`. */
  readonly path: string;
  /** Null when there is a digest: that says more. */
  readonly tag: string | null;
  readonly digest: string | null;
}

const HUB = 'docker.io';
const OLD_HUB = 'index.docker.io';
const OFFICIAL = 'library/';
const DEFAULT_TAG = 'latest';
/** What ids begin with. */
const ALGORITHM = 'sha256';

const FORMS = 'use NAME, NAME:TAG, HOST[:PORT]/NAME:TAG or NAME@sha256:<64 hex digits>';

function invalid(text: string, why: string): HotcellError {
  return new HotcellError({
    code: 'invalid-spec',
    message: `${quote(text)} is not a reference to an image: ${why}`,
    hint: FORMS,
  });
}

/** Whether the first component is a host and not the beginning of the name. */
const isHost = (word: string): boolean =>
  /[.:[]/.test(word) || word === 'localhost' || word !== word.toLowerCase();

/** The name as registries have it. */
function splitName(name: string): { domain: string; path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const hasHost = slash >= 0 && isHost(first);
  const domain = hasHost && first !== OLD_HUB ? first : HUB;
  const rest = hasHost ? name.slice(slash + 1) : name;
  const path = domain === HUB && !rest.includes('/') ? OFFICIAL + rest : rest;
  return { domain, path };
}

interface Words {
  readonly name: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

function wordsOf(text: string): Words {
  const at = text.indexOf('@');
  const digest = at < 0 ? null : text.slice(at + 1);
  const tagged = at < 0 ? text : text.slice(0, at);
  const colon = tagged.lastIndexOf(':');
  const hasTag = colon > tagged.lastIndexOf('/');
  return {
    name: hasTag ? tagged.slice(0, colon) : tagged,
    tag: hasTag ? tagged.slice(colon + 1) : null,
    digest,
  };
}

function checkName(text: string, { name }: Words): { domain: string; path: string } {
  if (name === '') throw invalid(text, 'it has no name');
  if (FULL_ID.test(name)) throw invalid(text, 'a name of 64 hex digits would be taken for an id');
  if (name === ALGORITHM)
    throw invalid(text, `a name ${quote(ALGORITHM)} would be taken for the beginning of an id`);
  const { domain, path } = splitName(name);
  if (!DOMAIN.test(domain)) throw invalid(text, `${quote(domain)} is no host`);
  if (path !== path.toLowerCase()) throw invalid(text, `${quote(path)} must be in lower case`);
  if (!PATH.test(path)) {
    throw invalid(text, `${quote(path)} may have a-z, 0-9 and between them ".", "_", "__", "-" and "/"`);
  }
  if (`${domain}/${path}`.length > MAX_NAME_LENGTH) {
    throw invalid(text, `its name has more than ${MAX_NAME_LENGTH} characters`);
  }
  return { domain, path };
}

/**
 * Reads what docker calls a familiar reference.
 *
 * @throws HotcellError `invalid-spec`
 */
export function parseReference(text: string): Reference {
  const words = wordsOf(text);
  const { domain, path } = checkName(text, words);
  const { tag, digest } = words;
  if (tag !== null && !TAG.test(tag)) throw invalid(text, `${quote(tag)} is no tag`);
  if (digest !== null && !isDigest(digest)) throw invalid(text, `${quote(digest)} is no sha256 digest`);
  return { domain, path, tag: digest === null ? (tag ?? DEFAULT_TAG) : null, digest };
}

const suffixOf = ({ tag, digest }: Reference): string => (digest === null ? `:${tag}` : `@${digest}`);

/** `docker.io/library/alpine` */
export const repositoryOf = ({ domain, path }: Reference): string => `${domain}/${path}`;

/** Whole: `docker.io/library/alpine:latest`. */
export const canonical = (reference: Reference): string => repositoryOf(reference) + suffixOf(reference);

/** As people write it: `alpine:latest`. */
export function familiar(reference: Reference): string {
  const { domain, path } = reference;
  if (domain !== HUB) return canonical(reference);
  // "library/localhost/x" would be another name without its beginning.
  const short = path.startsWith(OFFICIAL) && !path.slice(OFFICIAL.length).includes('/');
  return (short ? path.slice(OFFICIAL.length) : path) + suffixOf(reference);
}
