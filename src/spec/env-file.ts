import { HotcellError, invalidSpec } from '../core/index.js';
import { BOUNDS } from './bounds.js';
import { checkEnvSize, type Env, type HostEnv, parseEnvEntry } from './env.js';
import type { CheckedJob } from './job.js';
import { joinProblems } from './problems.js';

/**
 * Variables from an env file, by docker's rules: `KEY=VALUE` with the value taken as it stands (quotes too), `KEY` alone
 * for the host's value, blank lines and lines that begin with `#` skipped; of two lines for one key the later counts.
 * Source: https://docs.docker.com/reference/cli/docker/container/run/#env
 *
 * @param source what to call the file in messages
 * @throws HotcellError `invalid-spec` with one line `source:line: …` per problem
 */
export function parseEnvFile(text: string, source: string, hostEnv: HostEnv): Record<string, string> {
  if (text.length > BOUNDS.envFileBytes) {
    throw invalidSpec(`${source}: ${text.length} characters; at most ${BOUNDS.envFileBytes} in an env file`);
  }
  const env: Record<string, string> = {};
  const problems: string[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trimStart();
    if (line === '' || line.startsWith('#')) continue;
    try {
      const entry = parseEnvEntry(line, hostEnv);
      if (entry !== undefined) env[entry[0]] = entry[1];
    } catch (error) {
      if (!(error instanceof HotcellError)) throw error;
      problems.push(`${source}:${index + 1}: ${error.message}`);
    }
  }
  if (problems.length > 0) throw invalidSpec(joinProblems(problems));
  return env;
}

/**
 * The job with its env files read and merged into `env`: later files win over earlier ones, and `env` over all.
 *
 * @param read gives a file's text; whatever it throws comes through
 * @throws HotcellError `invalid-spec` when a file has problems, or the result is too large
 */
export async function resolveEnvFiles(
  job: CheckedJob,
  read: (path: string) => Promise<string>,
  hostEnv: HostEnv,
): Promise<CheckedJob> {
  if (job.envFile.length === 0) return job;
  const merged: Env[] = [];
  for (const path of job.envFile) merged.push(parseEnvFile(await read(path), path, hostEnv));
  const env = Object.assign({}, ...merged, job.env) as Record<string, string>;
  checkEnvSize(env);
  return { ...job, env, envFile: [] };
}
