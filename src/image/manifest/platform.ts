import { arch } from 'node:process';
import { HotcellError, quote } from '../../core/index.js';

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  /** '' = the usual one. */
  readonly variant: string;
}

/** Node's words in Go's. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  arm64: 'arm64',
  arm: 'arm',
};

/** Source: github.com/containerd/platforms, database.go. */
const SAME: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  i386: '386',
  armhf: 'arm',
};

/** What no variant stands for. */
const USUAL_VARIANT: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8', arm: 'v7' };

export function hostPlatform(): Platform {
  return { os: 'linux', architecture: ARCHITECTURES[arch] ?? arch, variant: '' };
}

const WORD = /^[a-z0-9_-]{1,32}$/;

/**
 * @param text `linux/arm64`, `linux/arm/v7`, or an architecture only
 * @throws HotcellError `invalid-usage`
 */
export function parsePlatform(text: string): Platform {
  const words = text.toLowerCase().split('/');
  const [os = '', name = '', variant = ''] = words.length === 1 ? ['linux', ...words] : words;
  const isRight =
    words.length <= 3 && [os, name, ...(variant === '' ? [] : [variant])].every((word) => WORD.test(word));
  if (!isRight) {
    throw new HotcellError({
      code: 'invalid-usage',
      message: `${quote(text)} is no platform; use OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT, such as linux/arm64`,
    });
  }
  return { os, architecture: Object.hasOwn(SAME, name) ? (SAME[name] ?? name) : name, variant };
}

const variantOf = ({ architecture, variant }: Platform): string =>
  variant || (USUAL_VARIANT[architecture] ?? '');

/** Whether a program for `found` runs where `wanted` does: a lower variant of the same architecture is fine. */
export function fits(found: Platform, wanted: Platform): boolean {
  if (found.os !== wanted.os || found.architecture !== wanted.architecture) return false;
  const [has, may] = [variantOf(found), variantOf(wanted)];
  if (has === may) return true;
  return wanted.architecture === 'arm' && wanted.variant === '' && /^v[5-7]$/.test(has);
}

export const platformText = ({ os, architecture, variant }: Platform): string =>
  [os, architecture, variant].filter((word) => word !== '').join('/');
