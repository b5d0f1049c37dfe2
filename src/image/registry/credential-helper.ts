import { execa } from 'execa';
import * as z from 'zod';
import { quote } from '../../core/index.js';
import { RegistryFault } from './fault.js';
import type { Credentials } from './login.js';

/** What may follow `docker-credential-`: nothing that could be a path or an option. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 64 * 1024;

/** The user name with which helpers say that the secret is an identity token. */
const IDENTITY_USER = '<token>';
const NOT_FOUND = /credentials not found/i;

const answer = z.object({ Username: z.string(), Secret: z.string() });

export interface HelperQuestion {
  readonly domain: string;
  /** The config file that names the helper. */
  readonly file: string;
  /** The key under which the helper keeps the login. */
  readonly server: string;
}

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode?: number | undefined;
  readonly code?: string | undefined;
  readonly timedOut: boolean;
}

function run(program: string, server: string): Promise<Ran> {
  return execa(program, ['get'], {
    input: server,
    reject: false,
    timeout: TIMEOUT_MS,
    maxBuffer: MAX_OUTPUT_BYTES,
    stripFinalNewline: true,
  });
}

function fault(program: string, { domain, file }: HelperQuestion, problem: string): RegistryFault {
  return new RegistryFault({
    host: domain,
    problem: `has its login with ${quote(program, 100)}, which ${problem}`,
    hint: `correct credsStore or credHelpers in ${file}, or docker login ${domain}`,
  });
}

function parse(text: string): Credentials | undefined {
  try {
    const { Username: username, Secret: secret } = answer.parse(JSON.parse(text));
    if (username === IDENTITY_USER) return { kind: 'identity', token: secret };
    return username === '' && secret === ''
      ? { kind: 'anonymous' }
      : { kind: 'password', username, password: secret };
  } catch {
    return undefined;
  }
}

/** What the helper said that is no secret: an error has its text on either stream. */
const complaint = ({ stdout, stderr }: Ran): string =>
  (stderr.trim() || stdout.trim()).split('\n', 1)[0] ?? '';

/**
 * Asks one of docker's credential helpers for the login of a server.
 *
 * @throws RegistryFault when its name cannot be one, it is not installed, fails, or answers something else
 */
export async function askHelper(name: string, question: HelperQuestion): Promise<Credentials> {
  const program = `docker-credential-${name}`;
  if (!NAME.test(name)) throw fault(program, question, 'cannot be the name of a program');
  const ran = await run(program, question.server);
  if (ran.code === 'ENOENT') throw fault(program, question, 'is not installed');
  if (ran.timedOut) throw fault(program, question, `did not answer within ${TIMEOUT_MS / 1000} s`);
  if (ran.exitCode !== 0) {
    const said = complaint(ran);
    if (NOT_FOUND.test(said)) return { kind: 'anonymous' };
    throw fault(program, question, `failed: ${quote(said, 120)}`);
  }
  const found = parse(ran.stdout);
  if (found === undefined) throw fault(program, question, 'did not answer with Username and Secret');
  return found;
}
