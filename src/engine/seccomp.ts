/** Seccomp policies for people: what is in them, and what a traced run needs. */
import { release } from 'node:os';
import { quote } from '../core/index.js';
import {
  hostArch,
  policyOfProfile,
  profileText,
  SHOWN_POLICIES,
  tracedPolicy,
  unknownNames,
} from '../sandbox/index.js';
import { readSeccompProfile, type SystemCalls } from '../spec/index.js';

/** A policy as text in docker's profile format, and what there is to say of it, a line each. */
export interface ShownSeccomp {
  readonly text: string;
  readonly notes: readonly string[];
}

/** `floor` is what comes before every policy of one's own. */
export const SHOWN_SECCOMP = ['default', 'strict', 'floor'] as const;

export type ShownName = (typeof SHOWN_SECCOMP)[number];

const MOST_LISTED = 20;

function listed(names: readonly string[]): string {
  const rest = names.length - MOST_LISTED;
  return `${names.slice(0, MOST_LISTED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

const arch = hostArch();

/**
 * Names in a profile that are none here: those that were most likely meant as others a line each, the rest together.
 *
 * @throws HotcellError `invalid-spec`
 */
async function notesOf(path: string, onlyRefusing: boolean): Promise<string[]> {
  const found = unknownNames(await readSeccompProfile(path), arch);
  const wrong = found.filter(({ meant, refuses }) => meant !== undefined && (refuses || !onlyRefusing));
  const others = found.filter(({ meant }) => meant === undefined).map(({ name }) => name);
  return [
    ...wrong.map(({ name, meant = '', refuses }) => {
      const effect = refuses ? ', so that nothing of it is refused' : '';
      return `${quote(name)} is no system call on ${arch}${effect}; did you mean ${quote(meant)}?`;
    }),
    ...(onlyRefusing || others.length === 0
      ? []
      : [`left out, since there is no such system call on ${arch}: ${listed(others)}`]),
  ];
}

/** What makes a profile refuse less than it seems to. @throws HotcellError `invalid-spec` */
export const seccompWarnings = async (path: string): Promise<string[]> => await notesOf(path, true);

/** One of ours, as it is loaded here. */
export const showSeccomp = (name: ShownName): ShownSeccomp => ({
  text: profileText(SHOWN_POLICIES[name], ['x86_64', 'aarch64']),
  notes: [],
});

/**
 * A profile as it is loaded here, for a program without capabilities: without what this kernel and processor leave out, in
 * the order in which rules decide. The floor that comes before it is not in it.
 *
 * @throws HotcellError `invalid-spec`
 */
export async function showSeccompProfile(path: string): Promise<ShownSeccomp> {
  const profile = await readSeccompProfile(path);
  const policy = policyOfProfile(profile, { arch, capabilities: [], kernel: release() });
  return { text: profileText(policy, [arch]), notes: await notesOf(path, false) };
}

/** The least that a program needs, by what one traced run of it did; `held` names what its calls were held against. */
export const profileOfSystemCalls = (calls: SystemCalls, held: string): string =>
  profileText(tracedPolicy(calls, held), [arch]);
