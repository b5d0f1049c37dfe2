/** Disk images made from directories, without mounting anything. */
import { execa } from 'execa';

/** Sparse: only what is in the directory takes room. */
export async function makeDisk(directory: string, image: string, size: `${number}G`): Promise<void> {
  const options = ['-q', '-t', 'ext4', '-O', '^has_journal', '-E', 'lazy_itable_init=1', '-m', '0'];
  await execa('mke2fs', [...options, '-d', directory, image, size]);
}
