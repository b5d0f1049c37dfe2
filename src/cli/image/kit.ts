import { HotcellError } from '../../core/index.js';
import type { Images } from './model.js';

/** The images of the user's home directory. */
export async function openImages(): Promise<Images> {
  throw new HotcellError({ code: 'internal', message: 'there is no image store' });
}
