/** The modules that threads run: as built, or sources, which something must translate for them. */
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** How a thread is started, in Piscina's words. */
export interface ThreadSource {
  readonly filename: string;
  readonly execArgv?: string[];
}

/** What translates sources is looked for only then: users do not have it. */
export function threadSource(url: URL): ThreadSource {
  const filename = fileURLToPath(url);
  if (extname(filename) !== '.ts') return { filename };
  const loader = createRequire(import.meta.url).resolve('tsx');
  return { filename, execArgv: ['--import', pathToFileURL(loader).href] };
}
