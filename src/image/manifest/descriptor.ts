import type * as z from 'zod';
import { digest, objectOf, optionalText, size, textMap } from './shapes.js';

const platform = objectOf({ os: optionalText, architecture: optionalText, variant: optionalText })
  .nullish()
  .transform((value) => value ?? null);

/** Which blob, and what it is. Source: OCI image-spec, descriptor.md. */
export const descriptorSchema = objectOf({
  mediaType: optionalText,
  digest,
  size,
  platform,
  annotations: textMap,
});

export type Descriptor = z.output<typeof descriptorSchema>;

/** A blob of an image: its digest and its size in bytes. */
export type BlobName = Pick<Descriptor, 'digest' | 'size'>;
