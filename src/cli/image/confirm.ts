import { Input } from '../io/input.js';
import type { Io } from '../io/io.js';

/** Nobody types a longer answer. */
const MAX_ANSWER = 1024;

/** The first line of standard input; null when it ends before there is one. */
async function firstLine(io: Pick<Io, 'stdin'>): Promise<string | null> {
  const input = new Input(io.stdin());
  let text = '';
  for await (const chunk of input) {
    text += Buffer.from(chunk).toString('latin1');
    if (text.includes('\n') || text.length > MAX_ANSWER) break;
  }
  return text === '' ? null : (text.split('\n', 1)[0] ?? '');
}

/** Asks before something is done that cannot be undone; only a clear yes is one. `nobody`: there is no one to answer. */
export async function confirm(
  io: Pick<Io, 'stdin' | 'stderr'>,
  warning: string,
): Promise<'yes' | 'no' | 'nobody'> {
  await io.stderr.write(`${warning}\nAre you sure you want to continue? [y/N] `);
  const answer = await firstLine(io);
  if (answer !== null) return /^y(es)?$/i.test(answer.trim()) ? 'yes' : 'no';
  await io.stderr.write('\n');
  return 'nobody';
}
