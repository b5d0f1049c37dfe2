import { resolve } from 'node:path';
import { SHOWN_SECCOMP, type ShownSeccomp, showSeccomp, showSeccompProfile } from '../../engine/index.js';
import type { Io } from '../io/io.js';
import { asUsage } from '../run/job-problems.js';
import { checkSeccompFile } from '../run/seccomp.js';
import { prefixed } from '../text.js';

async function shown(name: string, cwd: string): Promise<ShownSeccomp> {
  const own = SHOWN_SECCOMP.find((one) => one === name);
  if (own !== undefined) return showSeccomp(own);
  const path = resolve(cwd, name);
  await checkSeccompFile({ path }, 'NAME');
  try {
    return await showSeccompProfile(path);
  } catch (error) {
    throw asUsage(error);
  }
}

/** `hotcell seccomp show [NAME|FILE]`. @throws HotcellError `invalid-usage` */
export async function seccompShowCommand(name: string, io: Io): Promise<number> {
  const { text, notes } = await shown(name, io.cwd);
  await io.stdout.write(text);
  await io.stderr.write(prefixed('hotcell: ', notes));
  return 0;
}
