import type { ImageConfig } from '../../spec/index.js';
import type { ImageDetails } from './model.js';

type Entries = Readonly<Record<string, unknown>>;

/** docker's form of a set. */
const setOf = (words: readonly string[]): Entries => Object.fromEntries(words.map((word) => [word, {}]));

/** How what is a list and what is a map in Go comes out where there is nothing in it. */
interface Shape {
  readonly list: (items: readonly string[]) => unknown;
  readonly map: (entries: Entries) => unknown;
}

/** As docker's JSON: what is empty is null. */
const JSON_SHAPE: Shape = {
  list: (items) => (items.length === 0 ? null : items),
  map: (entries) => (Object.keys(entries).length === 0 ? null : entries),
};

/** For templates, where keys that others chose are data, and not fields that must be there. */
const TEMPLATE_SHAPE: Shape = {
  list: (items) => items,
  map: (entries) => new Map(Object.entries(entries)),
};

function configOf(config: ImageConfig, { list, map }: Shape): object {
  return {
    User: config.user ?? '',
    ExposedPorts: map(setOf(config.exposedPorts)),
    Env: list(Object.entries(config.env).map(([name, value]) => `${name}=${value}`)),
    Entrypoint: list(config.entrypoint),
    Cmd: list(config.cmd),
    Volumes: map(setOf(config.volumes)),
    WorkingDir: config.workdir ?? '',
    Labels: map(config.labels),
    StopSignal: config.stopSignal ?? '',
  };
}

function documentOf(image: ImageDetails, shape: Shape): object {
  return {
    Id: image.id,
    RepoTags: image.tags,
    RepoDigests: image.digests,
    Comment: image.comment,
    Created: image.createdAt ?? '',
    Author: image.author,
    Config: configOf(image.config, shape),
    Architecture: image.architecture,
    Variant: image.variant ?? '',
    Os: image.os,
    Size: image.sizeBytes,
    RootFS: { Type: 'layers', Layers: image.diffIds },
  };
}

/** All that is known of an image, in the shape of `docker image inspect`. */
export const jsonDocument = (image: ImageDetails): object => documentOf(image, JSON_SHAPE);

export const templateDocument = (image: ImageDetails): object => documentOf(image, TEMPLATE_SHAPE);
