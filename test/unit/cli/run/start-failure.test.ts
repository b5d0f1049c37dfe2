import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HotcellError } from '../../../../src/core/index.js';
import type { Outcome } from '../../../../src/spec/index.js';
import { cli, FakeEngine, FakeIo, outcome } from '../support.js';

let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hotcell-start-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const file = (name: string, text: string): void => {
  writeFileSync(join(dir, name), text);
  chmodSync(join(dir, name), 0o755);
};

async function said(argv: readonly string[], patch: Partial<Omit<Outcome, 'metrics'>>): Promise<string> {
  const failed = outcome({ status: 'start-failed', exitCode: null, ...patch });
  const io = Object.assign(new FakeIo(), { cwd: dir });
  return (await cli(['run', ...argv], { io, engine: new FakeEngine(async () => failed) })).err;
}

const notFound = (name: string) => ({ startFailure: 'not-found' as const, message: `not found: ${name}` });
const notRun = (name: string, why: string) => ({
  startFailure: 'not-executable' as const,
  message: `not executable: ${name}: ${why}`,
});
const notSetUp = (message: string) => ({ startFailure: 'set-up' as const, message });

describe('a program of this host that did not start', () => {
  it('goes by the name that was typed, with what its first bytes say', async () => {
    file('script', '#!/no/such\n');
    file('text', 'echo hello\n');
    expect(await said(['./script'], notFound('/box/script (no such file, …)'))).toBe(
      'hotcell: ./script: its interpreter /no/such does not exist in the sandbox\n',
    );
    expect(await said(['./text'], notRun('/box/text', 'exec format error (ENOEXEC)'))).toBe(
      'hotcell: ./text: not a program (no "#!" line, not ELF)\n',
    );
    expect(await said(['./text'], notRun('/box/text', 'permission denied (EACCES)'))).toBe(
      'hotcell: not executable: ./text: permission denied (EACCES)\n',
    );
    expect(
      await said(['./text'], notSetUp('files["/box/text"]: does not fit; raise limits.disk (1MiB)')),
    ).toBe('hotcell: ./text: does not fit; raise --disk (1MiB)\n');
  });

  it('is pointed to when only its name was given', async () => {
    file('hello', '');
    file("it's", '');
    mkdirSync(join(dir, 'directory'));
    expect(await said(['hello'], notFound('hello on PATH'))).toBe(
      'hotcell: not found: hello on PATH; there is a file here: hotcell run ./hello\n',
    );
    expect(await said(["it's"], notFound("it's on PATH"))).toContain("hotcell run './it'\\''s'\n");
    expect(await said(['directory'], notFound('directory on PATH'))).toBe(
      'hotcell: not found: directory on PATH\n',
    );
    expect(await said(['other'], notFound('other on PATH'))).toBe('hotcell: not found: other on PATH\n');
  });

  it('that is not here keeps what the sandbox says', async () => {
    expect(await said(['./gone'], notFound('./gone (no such file, …)'))).toBe(
      'hotcell: not found: ./gone (no such file, …)\n',
    );
  });
});

describe('what could not be set up', () => {
  it.each([
    ['mounts[0].target: "/usr/x": /usr is read-only', '--volume: "/usr/x": /usr is read-only'],
    ['tmpfs[1].target: "/usr/x": /usr is read-only', '--tmpfs: "/usr/x": /usr is read-only'],
    ['files["/usr/x"]: /usr is read-only', '--copy-in "/usr/x": /usr is read-only'],
    [
      'workdir: "/etc/passwd": not a directory (ENOTDIR)',
      '--workdir: "/etc/passwd": not a directory (ENOTDIR)',
    ],
    [
      'files["big"]: does not fit; raise limits.disk or limits.inodes',
      '--copy-in "big": does not fit; raise --disk or --inodes',
    ],
  ])('%s', async (message, expected) => {
    expect(await said(['prog'], notSetUp(message))).toBe(`hotcell: ${expected}\n`);
  });

  it('names flags where the host cannot enforce a limit, too', async () => {
    const degraded = ['limits.pids is not enforced: why'];
    const isolation = { level: 'full' as const, tier: 'T3' as const, degraded };
    const weaker = new FakeEngine(async () => outcome({ isolation }));
    expect((await cli(['run', '--allow-degraded', 'prog'], { engine: weaker })).err).toBe(
      'hotcell: weaker than asked: --pids-limit is not enforced: why\n',
    );
    const refused = new FakeEngine(async () => {
      throw new HotcellError({
        code: 'isolation-unavailable',
        message: 'limits.memory is not enforced: a; limits.openFiles is not enforced: b',
        hint: 'do without',
      });
    });
    expect(await cli(['run', 'prog'], { engine: refused })).toMatchObject({
      code: 125,
      err: 'hotcell: --memory is not enforced: a; --ulimit nofile is not enforced: b\nhotcell: do without\n',
    });
  });
});
