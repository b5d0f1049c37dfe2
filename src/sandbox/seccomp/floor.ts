/**
 * What no policy of a user's own allows, whatever it says: the rest of the sandbox relies on it. These rules stand before
 * the policy's, so none of them can be undone. Docker's own profile refuses the same, but for the core limit and the ids.
 *
 * That calls of another architecture and of x32 end the process belongs to it, and is part of every compiled program: with
 * the numbers of another table all of this could be walked around.
 */
import { words } from './allowed-calls.js';
import { INIT_ALONE, int, NO_CORE, NO_LEASES, NO_TERMINAL_TRICKS, NOT_AS_INIT } from './default-policy.js';
import type { Rule } from './policy.js';

const ERRNO = 'SCMP_ACT_ERRNO';
const EAFNOSUPPORT = 97;

const AF_VSOCK = 40;
const AF_QIPCRTR = 42;

const HOSTS: readonly Rule[] = [AF_VSOCK, AF_QIPCRTR].map((domain) => ({
  comment:
    'No network namespace holds these: with them "network: none" would reach the host of a virtual machine.',
  action: ERRNO,
  errnoRet: EAFNOSUPPORT,
  names: ['socket', 'socketpair'],
  args: [int(0, domain)],
}));

const KEYS: Rule = {
  comment:
    'The keyrings of a user outlive the run, in a user namespace that the next one gets; and request_key starts a program on the host.',
  action: ERRNO,
  names: words('add_key keyctl request_key'),
};

const RINGS: Rule = {
  comment: 'What is asked for by a ring no filter sees, and it opens sockets of any kind.',
  action: ERRNO,
  names: words('io_uring_enter io_uring_register io_uring_setup'),
};

export const FLOOR: readonly Rule[] = [
  KEYS,
  RINGS,
  ...HOSTS,
  ...NO_TERMINAL_TRICKS,
  ...NO_CORE,
  ...NO_LEASES,
  ...NOT_AS_INIT,
  ...INIT_ALONE,
];
