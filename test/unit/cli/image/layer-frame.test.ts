import { expect, it } from 'vitest';
import { colors } from '../../../../src/cli/color.js';
import { layerFrame } from '../../../../src/cli/image/layer-frame.js';
import type { LayerProgress } from '../../../../src/cli/image/model.js';
import { sizeCell } from '../../../../src/cli/image/size.js';
import { widthOf } from '../../../../src/cli/view/width.js';
import { id } from './support.js';

const LAYERS: readonly LayerProgress[] = [
  { id: id('aa'), phase: 'waiting', current: 0, total: 999_999_999 },
  { id: id('bb'), phase: 'downloading', current: 999_000_000, total: 1_990_000_000 },
  { id: id('cc'), phase: 'unpacking', current: 10_000_000, total: null },
  { id: id('dd\u001b[2J🙂'), phase: 'downloading', current: 12, total: 10 },
];

const frame = (cols: number, rows = 24, colored = false) =>
  layerFrame(LAYERS, { cols, rows }, { work: 'pull', colors: colors(colored) });

it('shows those that go on first', () => {
  expect(frame(80)).toEqual([
    'bb0000000000 Downloading    █████████████████▋                     999MB/1.99GB',
    'cc0000000000 Extracting     ···································            10MB',
    'dd\\u{1…0000  Downloading    ███████████████████████████████████         10B/10B',
    'aa0000000000 Waiting                                                        1GB',
  ]);
});

it('has no bars on a narrow terminal', () => {
  expect(frame(40)).toEqual([
    'bb0000000000 Downloading 999MB/1.99GB',
    'cc0000000000 Extracting 10MB',
    'dd\\u{1b}[2J🙂0000 Downloading 10B/10B',
    'aa0000000000 Waiting 1GB',
  ]);
});

it('never is wider than the terminal, nor as tall', () => {
  for (const colored of [false, true]) {
    for (let cols = 1; cols < 130; cols++) {
      for (const rows of [1, 2, 3, 4, 5, 24]) {
        const lines = frame(cols, rows, colored);
        expect(lines.length).toBeLessThan(Math.max(rows, 1));
        for (const line of lines) expect(widthOf(line)).toBeLessThan(cols);
      }
    }
  }
});

it('says how many there is no room for', () => {
  expect(frame(40, 4)).toEqual([
    'bb0000000000 Downloading 999MB/1.99GB',
    'cc0000000000 Extracting 10MB',
    '… and 2 more',
  ]);
});

it.each([
  [0, '0B'],
  [999, '999B'],
  [1000, '1kB'],
  [999_499, '999kB'],
  [999_999, '1MB'],
  [7_340_000, '7.34MB'],
  [124_400_000, '124MB'],
  [2 ** 53 - 1, '9.01PB'],
])('%d bytes are %s', (bytes, text) => {
  expect(sizeCell(bytes)).toBe(text);
});
