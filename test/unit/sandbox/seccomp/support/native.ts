/** C programs of this folder, compiled when a test needs them. A missing compiler or library fails the test. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILER = process.env.CC ?? 'cc';

export interface Workshop {
  readonly directory: string;
  /** Compiles NAME.c and returns the program's path. */
  compile(name: string, ...flags: string[]): string;
  remove(): void;
}

export function workshop(): Workshop {
  const directory = mkdtempSync(join(tmpdir(), 'hotcell-seccomp-'));
  return {
    directory,
    compile: (name, ...flags) => {
      const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
      const output = join(directory, name);
      execFileSync(COMPILER, ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-o', output, source, ...flags]);
      return output;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
