import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { formatBytes, quote } from '../../core/index.js';
import { RegistryFault } from './fault.js';

const MAX_FILES = 100;
const MAX_FILE_BYTES = 1024 * 1024;
const PEM = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

export interface CertificateSource {
  /** Folders of certificates, by host, as docker has them. */
  readonly directory: string;
  /** NODE_EXTRA_CA_CERTS: node:tls forgets it once it is given a list. */
  readonly extraFile: string | undefined;
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.crt'));
    return names
      .sort()
      .slice(0, MAX_FILES)
      .map((name) => join(folder, name));
  } catch (error) {
    // Most hosts have none.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return [];
    }
    throw error;
  }
}

async function certificatesIn(file: string): Promise<readonly string[]> {
  const { size } = await stat(file);
  if (size > MAX_FILE_BYTES) throw new Error(`it is larger than ${formatBytes(MAX_FILE_BYTES)}`);
  const found = (await readFile(file, 'latin1')).match(PEM) ?? [];
  if (found.length === 0) throw new Error('no certificate in PEM form is in it');
  for (const pem of found) new X509Certificate(pem);
  return found;
}

async function readCertificates(host: string, file: string): Promise<readonly string[]> {
  try {
    return await certificatesIn(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RegistryFault({
      host,
      problem: `has a certificate file ${quote(file, 200)} that cannot be used: ${quote(why, 120)}`,
      hint: 'replace it by a certificate in PEM form, or remove it',
      cause: error,
    });
  }
}

/**
 * The authorities to trust for the hosts' sake, in PEM; undefined when there are none besides Node's own.
 *
 * @param hosts as in URLs, with port; never anything with a slash
 */
export async function authorities(
  hosts: readonly string[],
  { directory, extraFile }: CertificateSource,
): Promise<string[] | undefined> {
  const own: string[] = [];
  for (const host of hosts) {
    for (const file of await filesOf(join(directory, host)))
      own.push(...(await readCertificates(host, file)));
  }
  if (own.length === 0) return undefined;
  // Node only warns about a file that it cannot read.
  const extra = extraFile === undefined ? [] : await certificatesIn(extraFile).catch(() => []);
  return [...new Set([...rootCertificates, ...extra, ...own])];
}
