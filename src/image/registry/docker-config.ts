import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { formatBytes, quote } from '../../core/index.js';
import { RegistryFault } from './fault.js';

const MAX_CONFIG_BYTES = 1024 * 1024;

const entry = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});

/** The parts of docker's config.json that are about logins; docker keeps much else in it. */
const dockerConfig = z.object({
  auths: z.record(z.string(), entry).optional(),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
});

export type DockerConfig = z.output<typeof dockerConfig>;
export type AuthEntry = z.output<typeof entry>;

export function dockerConfigFile(
  directory: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const fromEnv = env.DOCKER_CONFIG === '' ? undefined : env.DOCKER_CONFIG;
  return join(directory ?? fromEnv ?? join(env.HOME ?? homedir(), '.docker'), 'config.json');
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

async function textOf(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > MAX_CONFIG_BYTES) throw new Error(`it is larger than ${formatBytes(MAX_CONFIG_BYTES)}`);
  const text = await readFile(file, 'utf8');
  return text.trim() === '' ? '{}' : text;
}

/** Where a value is wrong, never the value: it may be a password. */
function whyNot(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  }
  return error instanceof SyntaxError
    ? 'it is not JSON'
    : String(error instanceof Error ? error.message : error);
}

/**
 * What docker's config file says; nothing at all when there is no such file.
 *
 * @throws RegistryFault when it cannot be read or understood: to go on without a login would end in an error that says
 *   something else
 */
export async function readDockerConfig(file: string, host: string): Promise<DockerConfig> {
  try {
    return dockerConfig.parse(JSON.parse(await textOf(file)));
  } catch (error) {
    if (isMissing(error)) return {};
    throw new RegistryFault({
      host,
      problem: `may have a login in ${quote(file, 200)}, which cannot be used: ${quote(whyNot(error), 120)}`,
      hint: 'correct the file, or set DOCKER_CONFIG to the folder of another one',
    });
  }
}
