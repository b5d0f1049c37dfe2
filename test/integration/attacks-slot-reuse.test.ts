/** A slot is used again by the next run: what one leaves in it, outside all that is fresh, must not be there for another. */
import { describe, expect, test } from 'vitest';
import type { JobInput } from '../../src/spec/index.js';
import { ending, exited, text, useCell } from '../support/cell.js';

/** One slot, so that the second run is in the first one's. */
const cell = useCell({ concurrency: 1 });

const KEYCTL = `
import ctypes, platform
libc = ctypes.CDLL(None)
add_key, keyctl = (217, 219) if platform.machine() == 'aarch64' else (248, 250)
USER, PROCESS = -4, -2
persistent = libc.syscall(keyctl, 22, -1, PROCESS)
keyrings = [USER] + ([persistent] if persistent >= 0 else [])
`;
const LEAVE = `${KEYCTL}
print(all(libc.syscall(add_key, b'user', b'left', b'x', 1, keyring) >= 0 for keyring in keyrings))`;
const SEARCH = `${KEYCTL}
print(any(libc.syscall(keyctl, 10, keyring, b'user', b'left', 0) >= 0 for keyring in keyrings))`;

/** Where no filter forbids the calls. */
const UNFILTERED: readonly (readonly [string, Partial<JobInput>])[] = [
  ['full without seccomp', { seccomp: 'unconfined' }],
  ['namespaces', { isolation: 'namespaces' }],
];

describe('keys that a run leaves in the keyrings of its user', () => {
  test.each(UNFILTERED)('are gone for the next one with isolation %s', async (_, how) => {
    const left = await cell.run({ ...how, command: ['python3', '-c', LEAVE] });
    expect(ending(left)).toEqual(exited(0));
    expect(text(left.stdout)).toBe('True\n');
    const found = await cell.run({ ...how, command: ['python3', '-c', SEARCH] });
    expect(text(found.stdout)).toBe('False\n');
    expect(ending(found)).toEqual(exited(0));
  });
});
