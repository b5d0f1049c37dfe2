import { resolve } from 'node:path';
import type { JobFile } from './files.js';
import { type ImageRef, imageKind } from './image.js';
import type { CheckedJob } from './job.js';
import type { Seccomp } from './seccomp/index.js';
import type { Stdin } from './stdin.js';

const withFile = (file: JobFile, baseDir: string): JobFile =>
  file.source.kind === 'path'
    ? { ...file, source: { kind: 'path', path: resolve(baseDir, file.source.path) } }
    : file;

export const withAbsoluteStdin = (stdin: Stdin, baseDir: string): Stdin =>
  stdin.kind === 'path' ? { kind: 'path', path: resolve(baseDir, stdin.path) } : stdin;

const withSeccomp = (seccomp: Seccomp, baseDir: string): Seccomp =>
  typeof seccomp === 'object' && seccomp.kind === 'file'
    ? { kind: 'file', path: resolve(baseDir, seccomp.path) }
    : seccomp;

function withImage(image: ImageRef, baseDir: string): ImageRef {
  const found = imageKind(image);
  return found.kind === 'dir' ? `dir:${resolve(baseDir, found.path)}` : image;
}

/** The job with every path of the host absolute; relative ones are taken from `baseDir`. No file is touched. */
export function withAbsoluteHostPaths(job: CheckedJob, baseDir: string): CheckedJob {
  return {
    ...job,
    image: withImage(job.image, baseDir),
    envFile: job.envFile.map((path) => resolve(baseDir, path)),
    stdin: withAbsoluteStdin(job.stdin, baseDir),
    seccomp: withSeccomp(job.seccomp, baseDir),
    files: job.files.map((file) => withFile(file, baseDir)),
    mounts: job.mounts.map((mount) => ({ ...mount, source: resolve(baseDir, mount.source) })),
  };
}
