import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FdSink } from '../../../../src/cli/io/sink.js';

it('writes every byte, in the order of the calls', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hotcell-sink-'));
  const fd = openSync(join(dir, 'f'), 'w');
  try {
    const sink = new FdSink(fd);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const writes = [sink.write(bytes), sink.write(''), sink.write('ü\n')];
    expect(sink.busy).toBe(true);
    await Promise.all(writes);
    expect(sink.busy).toBe(false);
    expect(readFileSync(join(dir, 'f'))).toEqual(Buffer.concat([bytes, Buffer.from('ü\n')]));
  } finally {
    closeSync(fd);
    rmSync(dir, { recursive: true });
  }
});

it('tells each writer that its bytes are lost', async () => {
  const fd = openSync('/dev/full', 'w');
  try {
    const sink = new FdSink(fd);
    const results = await Promise.allSettled([sink.write('a'), sink.write('b')]);
    expect(results.map((result) => result.status === 'rejected' && (result.reason as Error).message)).toEqual(
      ['ENOSPC: no space left on device, write', 'ENOSPC: no space left on device, write'],
    );
    expect(sink.busy).toBe(false);
  } finally {
    closeSync(fd);
  }
});
