import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';

export interface RegistryServer {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  stop(): Promise<void>;
}

export interface RegistryConfig {
  readonly http?: Record<string, unknown> | undefined;
  readonly auth?: Record<string, unknown> | undefined;
}

/** A folder of its own, and what removes it. */
export async function scratch(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'hotcell-registry-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

const LISTENING = /listening on (?:127\.0\.0\.1|\[::\]):(\d+)/;

/** Debian's docker-registry on a port of its own choice, with everything it keeps in a folder that goes with it. */
export async function startRegistry({ http, auth }: RegistryConfig = {}): Promise<RegistryServer> {
  const { path, remove } = await scratch();
  const root = join(path, 'data');
  await mkdir(root);
  const config = {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: root }, maintenance: { uploadpurging: { enabled: false } } },
    http: { addr: '127.0.0.1:0', secret: 'only for this test', ...http },
    ...(auth === undefined ? {} : { auth }),
  };
  const file = join(path, 'config.yml');
  // JSON is YAML too.
  await writeFile(file, JSON.stringify(config));
  const child = execa('docker-registry', ['serve', file], {
    reject: false,
    stdin: 'ignore',
    stdout: 'ignore',
    buffer: false,
  });
  const said: string[] = [];
  const port = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (said.length < 50) said.push(line);
      const [, found] = LISTENING.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.then(
      () => reject(new Error(`docker-registry ended:\n${said.join('\n')}`)),
      (error: Error) => reject(error),
    );
  });
  return {
    host: `127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGKILL');
      await child;
      await remove();
    },
  };
}
