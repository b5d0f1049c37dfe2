import { invalidSpec, nearest, quote } from '../core/index.js';
import { hostPath } from './paths.js';

/**
 * `host`, the curated view of the host; `dir:PATH`, a directory of the host that holds a root file system; or a reference to
 * an image of the store: `name`, `name:tag`, `registry/name:tag`, `name@sha256:…`, an id or the beginning of one.
 */
export type ImageRef = string;

export type ImageKind =
  | { readonly kind: 'host' }
  | { readonly kind: 'dir'; readonly path: string }
  | { readonly kind: 'store'; readonly reference: string };

const DIR = 'dir:';

export function imageKind(image: ImageRef): ImageKind {
  if (image === 'host') return { kind: 'host' };
  if (image.startsWith(DIR)) return { kind: 'dir', path: image.slice(DIR.length) };
  return { kind: 'store', reference: image };
}

// Source: github.com/distribution/reference, regexp.go.
const PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const REGISTRY = `(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?`;
const TAG = '\\w[\\w.-]{0,127}';
const REFERENCE = new RegExp(`^(?:${REGISTRY}/)?${PART}(?:/${PART})*(?::${TAG})?(?:@sha256:[a-f0-9]{64})?$`);

/** The longest name that registries take, with a tag and a digest. */
const MAX_REFERENCE = 255 + 1 + 128 + 1 + 71;

const isReference = (text: string): boolean => text.length <= MAX_REFERENCE && REFERENCE.test(text);

/** What somebody calls a file that holds an image. */
const ARCHIVE = /\.(?:tar(?:\.\w+)?|t[gx]z|tzst|oci)$/i;

const looksLikePath = (text: string): boolean => /^(?:[./~]|[a-zA-Z]+:[./~])/.test(text);

function adviceFor(text: string): string {
  if (ARCHIVE.test(text))
    return 'load it with "hotcell image load -i PATH" and use the name that it has then';
  if (looksLikePath(text)) return 'use "dir:PATH" for a directory of this host';
  const lower = text.toLowerCase();
  const forms = 'use "host", "dir:PATH" or the name of an image such as "debian:12"';
  const meant = lower === text ? nearest(text, ['host']) : isReference(lower) ? lower : undefined;
  return meant === undefined ? forms : `${forms}; did you mean ${quote(meant)}?`;
}

/** @throws HotcellError `invalid-spec` for what cannot be an image; whether there is one of that name is not looked at. */
export function parseImageRef(text: string): ImageRef {
  if (text === 'host') return text;
  if (text === DIR) throw invalidSpec('"dir:" names no directory; use "dir:PATH"');
  if (text.startsWith(DIR)) return `${DIR}${hostPath(text.slice(DIR.length))}`;
  if (isReference(text)) return text;
  throw invalidSpec(`${quote(text)} is not an image; ${adviceFor(text)}`);
}
