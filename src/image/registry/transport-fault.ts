import { HotcellError, quote } from '../../core/index.js';
import { RegistryFault } from './fault.js';

interface Meaning {
  readonly problem: string;
  readonly transient?: boolean;
  readonly hint?: (host: string) => string;
}

const trust = (host: string): string =>
  `put the certificate of its authority into /etc/docker/certs.d/${host}/ca.crt, or name the file in NODE_EXTRA_CA_CERTS`;

const BROKE: Meaning = { problem: 'broke the connection', transient: true };
const SILENT: Meaning = { problem: 'did not answer in time', transient: true };
const UNTRUSTED: Meaning = { problem: 'has a certificate of an unknown authority', hint: trust };
const NOT_TLS: Meaning = {
  problem: 'does not speak TLS',
  hint: (host) => `for a registry without TLS on another machine, list ${host} as insecure`,
};

/** What the codes of node:net, node:tls, node:dns and undici mean. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['ECONNRESET', BROKE],
  ['EPIPE', BROKE],
  ['UND_ERR_SOCKET', BROKE],
  ['ERR_STREAM_PREMATURE_CLOSE', BROKE],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', BROKE],
  ['ETIMEDOUT', SILENT],
  ['UND_ERR_CONNECT_TIMEOUT', SILENT],
  ['UND_ERR_HEADERS_TIMEOUT', SILENT],
  ['UND_ERR_BODY_TIMEOUT', { problem: 'stopped sending', transient: true }],
  ['EAI_AGAIN', { problem: 'cannot be looked up now', transient: true }],
  ['ENOTFOUND', { problem: 'is not known to DNS', hint: () => 'check the name of the registry' }],
  ['ECONNREFUSED', { problem: 'refused the connection', hint: () => 'check that the registry is running' }],
  ['EHOSTUNREACH', { problem: 'cannot be reached' }],
  ['ENETUNREACH', { problem: 'cannot be reached' }],
  ['UND_ERR_HEADERS_OVERFLOW', { problem: 'sent headers that are too large' }],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', { problem: 'sent too much' }],
  ['HPE', { problem: 'did not answer in HTTP', hint: () => 'check the name and the port of the registry' }],
  ['EPROTO', NOT_TLS],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NOT_TLS],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', NOT_TLS],
  ['ERR_SSL_HTTP_REQUEST', NOT_TLS],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNTRUSTED],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNTRUSTED],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNTRUSTED],
  ['CERT_HAS_EXPIRED', { problem: 'has a certificate that has expired' }],
  ['CERT_NOT_YET_VALID', { problem: 'has a certificate that is not valid yet' }],
  ['ERR_TLS_CERT_ALTNAME_INVALID', { problem: 'has a certificate for another name' }],
]);

const MAX_SHOWN = 200;
const CLOSED_BEFORE_TLS = /before secure TLS connection was established/;

function codeOf(error: unknown): string {
  // The parser gives some of its errors no code.
  if (error instanceof Error && error.name === 'HTTPParserError') return 'HPE';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** Whether a connection failed because the other side does not know TLS; never because of its certificate. */
export function isNotTls(fault: RegistryFault): boolean {
  const { cause } = fault;
  if (MEANINGS.get(codeOf(cause)) === NOT_TLS) return true;
  return cause instanceof Error && CLOSED_BEFORE_TLS.test(cause.message);
}

function meaningOf(code: string, message: string): Meaning {
  const known = MEANINGS.get(code);
  if (known !== undefined) return known;
  return { problem: `could not be talked to: ${quote(`${code}: ${message}`, MAX_SHOWN)}` };
}

/** What a failed connection means. What is none, because it has no code of the system's, stays as it is. */
export function transportFault(error: unknown, host: string): unknown {
  if (error instanceof HotcellError || !(error instanceof Error) || codeOf(error) === '') return error;
  const { problem, transient, hint } = meaningOf(codeOf(error), error.message);
  return new RegistryFault({ host, problem, transient, hint: hint?.(host), cause: error });
}

/** The connection was refused: worth another try only at a host that has answered before. */
export const isRefused = (fault: RegistryFault): boolean => codeOf(fault.cause) === 'ECONNREFUSED';
