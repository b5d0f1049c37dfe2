/** What the beginning of a program's file says about why the kernel would not run it. Pure; see execve(2), elf(5). */

/** Enough for the kernel's part of a "#!" line (256 bytes) and for where linkers put the name of the loader. */
export const HEAD_BYTES = 4096;

const SCRIPT_LINE_BYTES = 256;
const ELF_MAGIC = '\u007fELF';

/** `missing`: a file was not found, `format`: the kernel knows no such format, `denied`: it may not be executed. */
export type Refusal = 'missing' | 'format' | 'denied';

function explainScript(head: Buffer, refusal: Refusal): string | null {
  const line = head.subarray(2, SCRIPT_LINE_BYTES).toString('latin1').split('\n', 1)[0] ?? '';
  const [interpreter = ''] = line.replace(/^[ \t]+/, '').split(/[ \t]/, 1);
  if (interpreter === '' || interpreter === '\r') return 'its "#!" line names no interpreter';
  if (refusal === 'missing' && interpreter.endsWith('\r')) {
    return `its interpreter ${interpreter} does not exist: its lines end in CR LF; use LF alone`;
  }
  if (refusal === 'missing') return `its interpreter ${interpreter} does not exist in the sandbox`;
  return refusal === 'denied' ? `its interpreter ${interpreter} cannot be executed` : null;
}

const PT_INTERP = 3;

/** The loader that a 64-bit little-endian ELF file names; null for a static one, and when it is not in `head`. */
function loaderOf(head: Buffer): string | null {
  if (head.length < 64 || head[4] !== 2 || head[5] !== 1) return null;
  const [table, size, count] = [
    Number(head.readBigUInt64LE(0x20)),
    head.readUInt16LE(0x36),
    head.readUInt16LE(0x38),
  ];
  for (let index = 0; index < count; index++) {
    const at = table + index * size;
    if (at + 56 > head.length) return null;
    if (head.readUInt32LE(at) !== PT_INTERP) continue;
    const start = Number(head.readBigUInt64LE(at + 8));
    const name = head.subarray(start, start + Number(head.readBigUInt64LE(at + 32)) - 1);
    return name.length === 0 ? null : name.toString('latin1');
  }
  return null;
}

function explainElf(head: Buffer, refusal: Refusal): string | null {
  if (refusal === 'format') return 'an ELF file for another machine, or a damaged one';
  const loader = loaderOf(head);
  return refusal === 'missing' && loader !== null
    ? `its loader ${loader} does not exist in the sandbox`
    : null;
}

/** Why the program with this beginning was refused; null when the beginning does not say. */
export function explainHead(head: Buffer, refusal: Refusal): string | null {
  if (head.subarray(0, 2).toString('latin1') === '#!') return explainScript(head, refusal);
  if (head.subarray(0, 4).toString('latin1') === ELF_MAGIC) return explainElf(head, refusal);
  if (refusal !== 'format') return null;
  return head.length === 0 ? 'not a program (it is empty)' : 'not a program (no "#!" line, not ELF)';
}
