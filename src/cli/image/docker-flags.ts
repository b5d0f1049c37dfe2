/** Flags of docker's and podman's image commands that have no counterpart here, and what to do instead. */

const NO_ALL_TAGS = 'one tag at a time; name each of them';
const NO_TRUST = 'signatures are not looked at; name a digest (NAME@sha256:…) to be sure of what you get';
const CREDENTIALS = "credentials are those of docker's configuration file; see DOCKER_CONFIG";
const TLS = 'certificates are always checked; plain http is for registries on this host only';
const PLATFORMS = 'use --platform OS/ARCHITECTURE';
const FOR_PEOPLE = 'sizes and times are always for people; for others there is --format';
const ONE_PLATFORM = 'an image has one platform here; leave it out';

type Advice = Readonly<Record<string, string>>;

const REGISTRY: Advice = {
  '-a': NO_ALL_TAGS,
  '--all-tags': NO_ALL_TAGS,
  '--disable-content-trust': NO_TRUST,
  '--creds': CREDENTIALS,
  '--authfile': CREDENTIALS,
  '--cert-dir': TLS,
  '--tls-verify': TLS,
};

const ADVICE: Readonly<Record<string, Advice>> = {
  ls: {
    '--tree': 'an image has one platform here, so that there is no tree; leave it out',
    '--sort': 'the newest always comes first; pipe it through sort',
    '-n': 'use --format with a template: it has no titles',
    '--noheading': 'use --format with a template: it has no titles',
  },
  inspect: {
    '-s': 'the size is always there; leave it out',
    '--size': 'the size is always there; leave it out',
    '--type': 'only images are looked at; for runs there is hotcell inspect',
    '--platform': ONE_PLATFORM,
  },
  history: { '-H': FOR_PEOPLE, '--human': FOR_PEOPLE, '--platform': ONE_PLATFORM },
  pull: { ...REGISTRY, '--arch': PLATFORMS, '--os': PLATFORMS, '--variant': PLATFORMS },
  push: { ...REGISTRY, '--platform': ONE_PLATFORM },
  save: {
    '--platform': ONE_PLATFORM,
    '-m': 'several images may always be named; leave it out',
    '--multi-image-archive': 'several images may always be named; leave it out',
    '--format': 'the archive is an OCI layout that docker and podman load as well; leave it out',
  },
  rm: {
    '--no-prune': 'layers that nothing needs go with the image; leave it out',
    '--platform': ONE_PLATFORM,
    '-a': 'use hotcell image prune --all',
    '--all': 'use hotcell image prune --all',
    '-i': 'add || true in the shell',
    '--ignore': 'add || true in the shell',
  },
};

/** Names at the top that are not those below `image`. */
const SAME: Readonly<Record<string, string>> = { images: 'ls', rmi: 'rm' };

/**
 * What to do instead of docker's `flag`; null for one that is not docker's, or is here too.
 *
 * @param command its own name: `ls`, or `images`
 */
export function imageFlagAdvice(command: string, flag: string): string | null {
  const name = Object.hasOwn(SAME, command) ? (SAME[command] ?? '') : command;
  const advice = Object.hasOwn(ADVICE, name) ? (ADVICE[name] ?? {}) : {};
  return Object.hasOwn(advice, flag) ? (advice[flag] ?? null) : null;
}
