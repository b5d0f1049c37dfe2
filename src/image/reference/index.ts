export { digestFromHex, digestOf, hexOf, isDigest } from './digest.js';
export { idPrefixOf } from './id.js';
export { canonical, familiar, parseReference, type Reference, repositoryOf } from './reference.js';
