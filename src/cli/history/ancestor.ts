/** Runs by their image, whichever of its names the filter has. */
import { imageKind } from '../../spec/index.js';
import { withTag } from '../image/names.js';
import type { FilterTest } from '../listing/filter.js';
import { exactOrGlob } from '../listing/pattern.js';
import type { RunRecord, StoredRun } from './model.js';

const LATEST = ':latest';
const ID = /^(?:sha256:)?([a-f0-9]{4,64})$/;

/** As it was written, and with or without the tag that is meant when there is none. */
function namesOf({ image }: RunRecord): string[] {
  if (image === null || imageKind(image).kind !== 'store') return [image ?? ''];
  const tagged = withTag(image);
  return tagged.endsWith(LATEST) ? [image, tagged, tagged.slice(0, -LATEST.length)] : [image];
}

/** Of the image that was run, whatever its name means by now. */
function hasId({ outcome }: RunRecord, wanted: string): boolean {
  const hex = ID.exec(wanted)?.[1];
  return hex !== undefined && outcome?.image?.id?.startsWith(`sha256:${hex}`) === true;
}

/** @throws HotcellError `invalid-usage` */
export function byImage(wanted: string): FilterTest<StoredRun> {
  const fits = exactOrGlob('ancestor', wanted);
  return async (runs) => {
    const named = runs.flatMap(({ record }) => namesOf(record).map((name) => ({ record, name })));
    const fitting = fits(named.map(({ name }) => name));
    const found = new Set(named.filter((_, index) => fitting[index]).map(({ record }) => record));
    return runs.map(({ record }) => found.has(record) || hasId(record, wanted));
  };
}
