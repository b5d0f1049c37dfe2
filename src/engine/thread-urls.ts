/** Where the modules of our threads are. Bundled, whatever asks lies as deep below the package's root as this file. */
import { extname } from 'node:path';

const urlOf = (name: string): URL => new URL(`../engine/${name}${extname(import.meta.url)}`, import.meta.url);

export const POOL_THREAD: URL = urlOf('pool-thread');
export const REPORTS_THREAD: URL = urlOf('reports/thread');
export const IMAGES_THREAD: URL = urlOf('images/thread');
