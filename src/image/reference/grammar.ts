/** Source: github.com/distribution/reference, regexp.go; only sha256 digests are taken. */

const PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';

export const DOMAIN: RegExp = new RegExp(
  `^(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?$`,
);
export const PATH: RegExp = new RegExp(`^${PART}(?:/${PART})*$`);
export const TAG: RegExp = /^\w[\w.-]{0,127}$/;
/** An id as docker shows it; names of this form would be taken for one. */
export const FULL_ID: RegExp = /^[a-f0-9]{64}$/;
/** The beginning of an id, with or without `sha256:`. */
export const ID_PREFIX: RegExp = /^(?:sha256:)?([a-f0-9]{4,64})$/;

/** Domain and path together. */
export const MAX_NAME_LENGTH = 255;
