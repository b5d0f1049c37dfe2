import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** An authority and a certificate of its for 127.0.0.1, made by openssl; the files stay in the folder. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const file = (name: string): string => join(folder, name);
  const openssl = (args: readonly string[]): Promise<unknown> => execa('openssl', args);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl([
    ...['req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=authority of a test'],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'],
    ...['-keyout', file('ca.key'), '-out', file('ca.crt')],
  ]);
  await openssl([
    ...['req', ...newKey, '-subj', '/CN=registry of a test'],
    ...['-keyout', file('server.key'), '-out', file('server.csr')],
  ]);
  await writeFile(file('server.ext'), 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n');
  await openssl([
    ...['x509', '-req', '-days', '2', '-in', file('server.csr'), '-extfile', file('server.ext')],
    ...['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-CAcreateserial', '-out', file('server.crt')],
  ]);
  return { authority: file('ca.crt'), certificate: file('server.crt'), key: file('server.key') };
}
