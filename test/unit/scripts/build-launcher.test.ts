import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../../scripts/build-launcher');

/** Notes each call, and writes a program that starts where the real one would. */
const COMPILER = `#!/bin/sh
echo "$*" >>"$LOG"
case "$*" in *$REFUSED*) exit 1 ;; esac
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\n' >"$2"
chmod +x "$2"
`;

describe('build-launcher', () => {
  let root: string;
  const at = (path: string): string => join(root, path);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hotcell-build-'));
    for (const folder of ['scripts', 'src/native', 'bin']) mkdirSync(at(folder), { recursive: true });
    cpSync(SCRIPT, at('scripts/build-launcher'));
    writeFileSync(at('src/native/main.c'), 'int main(void) { return 0; }\n');
    writeFileSync(at('compiler'), COMPILER);
    chmodSync(at('compiler'), 0o755);
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  function build(args: string[] = [], env: NodeJS.ProcessEnv = {}) {
    rmSync(at('log'), { force: true });
    const { status, stderr, stdout } = spawnSync('sh', [at('scripts/build-launcher'), ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, CC: at('compiler'), LOG: at('log'), REFUSED: 'nothing', ...env },
    });
    const log = existsSync(at('log')) ? readFileSync(at('log'), 'utf8').trim().split('\n') : [];
    return { status, stderr, stdout, calls: log.filter((line) => line.includes('src/native/main.c')) };
  }

  /** The tools that the script uses, and no compiler. */
  function pathWithoutCompiler(): string {
    for (const tool of ['sh', 'dirname', 'find', 'sort', 'head', 'uname']) {
      const found = (process.env.PATH ?? '').split(':').find((folder) => existsSync(join(folder, tool)));
      symlinkSync(join(found ?? '', tool), at(join('bin', tool)));
    }
    return at('bin');
  }

  it.each([[[]], [['--sanitize']], [['--prebuilt']]])(
    'names the package to install when there is no compiler (%j)',
    (args) => {
      const { status, stderr } = build(args, { PATH: pathWithoutCompiler(), CC: '' });
      expect(status).toBe(1);
      expect(stderr).toContain('apt-get install gcc');
    },
  );

  it('compiles once, and again only for a newer source', () => {
    expect(build()).toMatchObject({ status: 0, calls: [expect.stringContaining('-Werror')] });
    expect(build()).toMatchObject({ status: 0, calls: [], stdout: '' });
    const later = new Date(Date.now() + 60_000);
    utimesSync(at('src/native/main.c'), later, later);
    expect(build().calls).toHaveLength(1);
  });

  it('asks for a hardened static binary', () => {
    const [call] = build().calls;
    for (const flag of [
      '-static-pie',
      '-fstack-protector-strong',
      '-Wl,-z,relro',
      '-Wl,-z,now',
      '-D_FORTIFY_SOURCE=3',
    ]) {
      expect(call).toContain(` ${flag} `);
    }
  });

  it('does without a flag that the compiler lacks', () => {
    const [call] = build([], { REFUSED: '-static-pie' }).calls;
    expect(call).toContain(' -static ');
    expect(call).toContain(' -fstack-protector-strong ');
  });

  it('fails, and leaves the old binary, when a source does not compile', () => {
    build();
    const later = new Date(Date.now() + 60_000);
    utimesSync(at('src/native/main.c'), later, later);
    expect(build([], { REFUSED: 'src/native/main.c' })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('failed'),
    });
    expect(existsSync(at('build/hotcell-launcher'))).toBe(true);
  });

  it('puts the binary where the package carries it', () => {
    expect(build(['--prebuilt']).status).toBe(0);
    expect(existsSync(at(`prebuilt/linux-${process.arch}/hotcell-launcher`))).toBe(true);
  });

  it('refuses an option that it does not know', () => {
    expect(build(['--sanitise'])).toMatchObject({ status: 1, stderr: expect.stringContaining('--sanitise') });
  });
});
