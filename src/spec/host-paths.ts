import { resolve } from 'node:path';
import type { JobFile } from './files.js';
import type { ImageRef } from './image.js';
import type { Job } from './job.js';
import type { Stdin } from './stdin.js';

const withFile = (file: JobFile, baseDir: string): JobFile =>
  file.source.kind === 'path'
    ? { ...file, source: { kind: 'path', path: resolve(baseDir, file.source.path) } }
    : file;

const withStdin = (stdin: Stdin, baseDir: string): Stdin =>
  stdin.kind === 'path' ? { kind: 'path', path: resolve(baseDir, stdin.path) } : stdin;

const withImage = (image: ImageRef, baseDir: string): ImageRef =>
  image === 'host' ? image : `dir:${resolve(baseDir, image.slice('dir:'.length))}`;

/** The job with every path of the host absolute; relative ones are taken from `baseDir`. No file is touched. */
export function withAbsoluteHostPaths(job: Job, baseDir: string): Job {
  return {
    ...job,
    image: withImage(job.image, baseDir),
    envFile: job.envFile.map((path) => resolve(baseDir, path)),
    stdin: withStdin(job.stdin, baseDir),
    files: job.files.map((file) => withFile(file, baseDir)),
    mounts: job.mounts.map((mount) => ({ ...mount, source: resolve(baseDir, mount.source) })),
  };
}
