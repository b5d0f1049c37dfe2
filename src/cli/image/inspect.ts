import { documentPrinter } from '../listing/documents.js';
import { forEachNamed } from '../listing/each.js';
import { jsonDocument, templateDocument } from './document.js';
import type { ImageDetails } from './model.js';
import { type ImageContext, withImages } from './services.js';

export interface InspectFlags {
  readonly format?: string;
  readonly color?: boolean;
}

const DOCUMENTS = { json: jsonDocument, template: templateDocument };

/**
 * `hotcell image inspect`: a JSON list with all that is known of each image, or a line for each by `--format`.
 *
 * @returns the exit code: 1 when one of the images is not there
 * @throws HotcellError `invalid-usage` for the format, `io`
 */
export async function inspectCommand(
  { format }: InspectFlags,
  names: readonly string[],
  context: ImageContext,
): Promise<number> {
  const print = documentPrinter<ImageDetails>(DOCUMENTS, format);
  return await withImages(context, async (images) => {
    const found: ImageDetails[] = [];
    const exitCode = await forEachNamed(names, context.io, {
      command: context.where,
      act: async (name) => {
        found.push(await images.inspect(name));
      },
    });
    await context.io.stdout.write(print(found));
    return exitCode;
  });
}
