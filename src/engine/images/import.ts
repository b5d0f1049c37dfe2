import { invalidSpec, quote, systemClock } from '../../core/index.js';
import {
  type ArchiveSource,
  checkRootfs,
  hostPlatform,
  type ImageStore,
  parsePlatform,
  parseReference,
  type Reference,
  seekable,
} from '../../image/index.js';
import type { ImageConfig } from '../../spec/index.js';
import type { ImportOptions } from './model.js';

const NO_CONFIG: ImageConfig = {
  entrypoint: [],
  cmd: [],
  env: {},
  workdir: null,
  user: null,
  labels: {},
  stopSignal: null,
  volumes: [],
  exposedPorts: [],
};

function nameOf(text: string): Reference {
  const reference = parseReference(text);
  if (reference.digest === null) return reference;
  throw invalidSpec(`${quote(text, 200)} has a digest, which nobody can give to an image`);
}

/** @throws HotcellError `bad-archive`, `invalid-spec`, `io`; the signal's reason */
export async function importRootfs(
  store: ImageStore,
  source: ArchiveSource,
  { reference, config = NO_CONFIG, comment = '', platform, ...options }: ImportOptions,
): Promise<string> {
  const names = reference === undefined ? [] : [nameOf(reference)];
  const wanted = platform === undefined ? hostPlatform() : parsePlatform(platform);
  return await store.adding(options, async ({ session, addRootfs }) => {
    const { file, ownPath } = await seekable(source, {
      newFile: () => session.newFile(),
      signal: options.signal,
    });
    try {
      await checkRootfs(file);
      const parts = {
        fd: file.fd,
        ownPath,
        names,
        config,
        comment,
        platform: wanted,
        now: systemClock.date(),
      };
      return (await addRootfs(parts)).record.id;
    } finally {
      await file.close();
    }
  });
}
