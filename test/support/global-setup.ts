import { execFileSync } from 'node:child_process';

/** Integration tests drive the real binary and the real CLI, so both must be as new as the sources. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
