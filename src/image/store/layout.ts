/**
 * Where everything of the store lies, beneath `$HOTCELL_HOME/images`:
 *
 *     blobs/sha256/HEX      manifests, configurations, layers as they came; named by their digest
 *     layers/HEX/diff       a layer unpacked, named by its diff id, beside what is to be known of it: layers/HEX/meta.json
 *     records/ID.MANIFEST   all that is to be known of an image: it is in the store if, and only if, it has one
 *     removed/ID.MANIFEST   the same of an image that was removed, until what only it needed is gone
 *     names/HEX             a reference, with tag or digest, and the image it stands for; HEX is the sha256 of the reference
 *     memos/HEX             the digest of an archive that was imported, by what stat(2) says of it
 *     locks/…               see lock.ts
 *     tmp/…                 what is being made, see session.ts
 *
 * A layer is named by its diff id and not by its chain id: what is unpacked does not depend on what lies beneath, and images
 * share more that way. Everything but names is written once and never changed; everything appears whole, by rename(2).
 * Whatever is not needed by a record is rubbish, which collect.ts removes.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, hexOf } from '../reference/index.js';
import { ioError } from './io-error.js';
import { checkOwnPlaces } from './own-place.js';

const DIRECTORIES = [
  'blobs',
  'blobs/sha256',
  'layers',
  'records',
  'removed',
  'names',
  'memos',
  'locks',
  'tmp',
] as const;

type Directory = (typeof DIRECTORIES)[number];

export class StoreLayout {
  readonly root: string;
  readonly #home: string;

  private constructor(home: string) {
    this.#home = home;
    this.root = join(home, 'images');
  }

  /**
   * @param home absolute; made when it is not there
   * @throws HotcellError `io`
   */
  static async make(home: string): Promise<StoreLayout> {
    const layout = new StoreLayout(home);
    try {
      // For nobody else to look into: layers hold setuid programs of other people's making.
      await mkdir(layout.root, { recursive: true, mode: 0o700 });
      layout.checkOwn();
      for (const name of DIRECTORIES) await mkdir(layout.directory(name), { recursive: true, mode: 0o700 });
    } catch (error) {
      throw ioError(error, `cannot make ${layout.root}`);
    }
    return layout;
  }

  /** A store that is looked into, and perhaps is not there. */
  static at(home: string): StoreLayout {
    return new StoreLayout(home);
  }

  /** To be called before anything in it is believed. @throws HotcellError `io` */
  checkOwn(): void {
    checkOwnPlaces(this.#home, this.root);
  }

  directory(name: Directory): string {
    return join(this.root, name);
  }

  blob(digest: string): string {
    return join(this.root, 'blobs/sha256', hexOf(digest));
  }

  layer(diffId: string): string {
    return join(this.root, 'layers', hexOf(diffId));
  }

  /** What the overlay is made of. */
  layerFiles(diffId: string): string {
    return join(this.layer(diffId), LAYER_FILES);
  }

  record(name: string): string {
    return join(this.root, 'records', name);
  }

  removed(name: string): string {
    return join(this.root, 'removed', name);
  }

  /** @param reference whole: `docker.io/library/alpine:latest` */
  name(reference: string): string {
    return join(this.root, 'names', hexOf(digestOf(reference)));
  }

  memo(key: string): string {
    return join(this.root, 'memos', hexOf(digestOf(key)));
  }

  lock(name: string): string {
    return join(this.root, 'locks', name);
  }
}

export const LAYER_FILES = 'diff';
export const LAYER_META = 'meta.json';

export const LOCKS = {
  /** Shared by whoever adds, exclusive for whoever removes what nothing needs. */
  store: 'store',
  /** For whoever changes names and records: a matter of milliseconds. */
  names: 'names',
  /** For the one who makes a layer, or brings its blob; the others wait, and find it. */
  layer: (diffId: string): string => `layer-${hexOf(diffId)}`,
  /** For the one who imports an archive, of which nobody may know yet what it is. */
  file: (key: string): string => `file-${hexOf(digestOf(key))}`,
  /** Shared by every run in an image, exclusive for whoever removes it. */
  image: (id: string): string => `image-${hexOf(id)}`,
} as const;
