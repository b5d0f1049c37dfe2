/**
 * Writes a BPF program from its end to its start.
 *
 * BPF only jumps forward, so in this direction every target is known when a jump to it is written and there is nothing
 * to patch. Positions count from the program's end: the instruction that runs after position n is position n - 1.
 * A conditional jump reaches at most 255 instructions; where a target has got too far away, a stepping stone is
 * written first (a copy of the target if that is a return, else an unconditional jump, which reaches any distance).
 */
import { HotcellError } from '../../core/index.js';
import { BPF, MAX_INSTRUCTIONS } from './kernel.js';

interface Instruction {
  readonly code: number;
  readonly k: number;
  readonly yes: number;
  readonly no: number;
}

/** A place to jump to. */
export interface Label {
  readonly position: number;
  /** It begins by loading the word at this offset, so one who has that word in A already may enter one later. */
  readonly loads?: number;
}

export interface Test {
  /** Offset of the word to test. */
  readonly offset: number;
  readonly mask: number;
  readonly op: 'jeq' | 'jgt' | 'jge';
  readonly k: number;
  readonly yes: Label;
  readonly no: Label;
}

const ALL_BITS = 0xffff_ffff;
const FARTHEST = 255;
const INSTRUCTION_BYTES = 8;

export class Assembler {
  readonly #reversed: Instruction[] = [];
  readonly #returns = new Map<number, Label>();

  /** A place that returns `value`; one that is still near is used again. */
  ret(value: number): Label {
    const known = this.#returns.get(value);
    if (known !== undefined && this.#reaches(known)) return known;
    const label = this.#write({ code: BPF.ret, k: value, yes: 0, no: 0 });
    this.#returns.set(value, label);
    return label;
  }

  /** Loads a word into A and goes on with what was written last. */
  load(offset: number): Label {
    return { ...this.#write({ code: BPF.load, k: offset, yes: 0, no: 0 }), loads: offset };
  }

  /** Tests what is in A. */
  jump({ op, k, yes, no }: Pick<Test, 'op' | 'k' | 'yes' | 'no'>): Label {
    const nearYes = this.#near(yes);
    const nearNo = this.#near(no);
    const from = this.#reversed.length - 1;
    return this.#write({ code: BPF[op], k, yes: from - nearYes.position, no: from - nearNo.position });
  }

  /** Loads a word, tests its bits of `mask`. */
  test({ offset, mask, op, k, yes, no }: Test): Label {
    if (mask === ALL_BITS) {
      const loaded = (label: Label): Label =>
        label.loads === offset ? { position: label.position - 1 } : label;
      this.jump({ op, k, yes: loaded(yes), no: loaded(no) });
    } else {
      this.jump({ op, k, yes, no });
      this.#write({ code: BPF.and, k: mask, yes: 0, no: 0 });
    }
    return this.load(offset);
  }

  /** The program as an array of struct sock_filter: u16 code, u8 jt, u8 jf, u32 k; little-endian. */
  bytes(): Uint8Array {
    const count = this.#reversed.length;
    if (count > MAX_INSTRUCTIONS) {
      const message = `seccomp policy: needs ${count} instructions; the kernel takes ${MAX_INSTRUCTIONS}`;
      throw new HotcellError({ code: 'invalid-spec', message });
    }
    const bytes = new Uint8Array(count * INSTRUCTION_BYTES);
    const view = new DataView(bytes.buffer);
    for (const [position, { code, k, yes, no }] of this.#reversed.entries()) {
      const at = (count - 1 - position) * INSTRUCTION_BYTES;
      view.setUint16(at, code, true);
      view.setUint8(at + 2, yes);
      view.setUint8(at + 3, no);
      view.setUint32(at + 4, k, true);
    }
    return bytes;
  }

  #write(instruction: Instruction): Label {
    this.#reversed.push(instruction);
    return { position: this.#reversed.length - 1 };
  }

  /** Whether a jump can reach it, even if the jump's other target needs a stepping stone in between. */
  #reaches({ position }: Label): boolean {
    return this.#reversed.length - position <= FARTHEST;
  }

  #near(label: Label): Label {
    if (this.#reaches(label)) return label;
    const target = this.#reversed[label.position];
    if (target?.code === BPF.ret) return this.ret(target.k);
    return this.#write({ code: BPF.goto, k: this.#reversed.length - 1 - label.position, yes: 0, no: 0 });
  }
}
