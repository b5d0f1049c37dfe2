import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { treeOfText } from '../../../../src/spec/suite/from-text.js';
import { treeOfJson } from '../../../../src/spec/suite/json-text.js';
import { type Place, pathOf, plainOf, type Tree } from '../../../../src/spec/suite/tree.js';
import { yamlProblems } from './support.js';

/** An anchor at the beginning lets the reader take the whole for one piece; both are of one length. */
const whole = (text: string): Tree | undefined => treeOfText(`first: &a 1\n${text}`, 's').tree;
const pieces = (text: string): Tree | undefined => treeOfText(`first:    1\n${text}`, 's').tree;

const placed = ({ keyOffset, offset, ...place }: Place) => [
  pathOf({ keyOffset, offset, ...place }),
  keyOffset,
  offset,
];

function* placesOf(tree: Tree): Generator<unknown> {
  yield placed(tree.place);
  const parts = tree.kind === 'leaf' ? [] : tree.kind === 'list' ? tree.items : tree.entries.values();
  for (const part of parts) yield* placesOf(part);
}

const shown = (tree: Tree | undefined) =>
  tree && {
    plain: plainOf(tree),
    size: tree.size,
    height: tree.height,
    places: [...placesOf(tree)].slice(2),
  };

const number = fc.integer({ min: 0, max: 9 });

/** Items of a list as people write them, with what may stand between. */
const item = fc.oneof(
  number.map((n) => `- { name: case ${n}, stdin: "${n} \\n" }`),
  number.map(
    (n) => `- name: case ${n}\n  args: [a, "b"]\n  expect:\n    stdout: |\n      text ${n}\n      - more`,
  ),
  number.map((n) => `- ${n} # why`),
  number.map((n) => `- - a\n  - ${n}`),
  number.map((n) => `- "quoted ${n}\n  over two lines"`),
  fc.constantFrom(
    '-',
    '- {}',
    '- ~',
    '# a comment',
    '',
    '  # an indented comment',
    '- >-\n  folded\n\n  text',
    '- ? a\n  : b',
  ),
);

const list = fc
  .tuple(fc.array(item, { minLength: 600, maxLength: 1300, size: 'max' }), fc.constantFrom('', '  '))
  .map(([items, indent]) => `cases:\n${items.join('\n').replaceAll(/^(?=.)/gm, indent)}\nlast: 1\n`);

describe('a long list that is read in pieces', () => {
  test.prop([list], { numRuns: 25 })(
    'is what it is when it is read as a whole, with every place',
    (text) => {
      expect(shown(pieces(text))).toEqual(shown(whole(text)));
    },
    60_000,
  );

  const cases = Array.from({ length: 2000 }, (_, index) => `      - { name: case ${index} }\n`);
  const suite = (lines: readonly string[]): string =>
    `jobs:\n  - name: a\n    command: [a]\n    cases:\n${lines.join('')}`;

  it.each([
    ['a syntax error', '      - { name: x, }}\n', /^704:21: unexpected flow-map-end token in YAML stream/],
    [
      'a key that is given twice',
      '      - { name: x, name: y }\n',
      /^704:20: jobs\[0\]\.cases\[699\]\.name: is given twice$/,
    ],
    [
      'an unknown key',
      '      - { name: x, stdim: "" }\n',
      /^704:20: jobs\[0\]\.cases\[699\]\.stdim: unknown key; did you mean "stdin"\?$/,
    ],
    ['a tag', '      - !x { name: x }\n', /^704:9: unresolved tag: !x$/],
    [
      'an alias of nothing',
      '      - *x\n',
      /^704:9: jobs\[0\]\.cases\[699\]: the alias "\*x" has no anchor before it$/,
    ],
    ['what is no case', '      - x\n', /^704:9: jobs\[0\]\.cases\[699\]: "x" is not an object$/],
  ])('shows %s in the middle at its place', async (_what, line, problem) => {
    const [first] = await yamlProblems(suite([...cases.slice(0, 699), line, ...cases.slice(700)]));
    expect(first).toMatch(problem);
  });

  it('has its anchors and aliases, wherever they begin', () => {
    const items = (text: string) => Array.from({ length: 600 }, () => `- ${text}\n`).join('');
    const tree = treeOfText(`list:\n${items('1')}- &a 2\n${items('3')}- *a\n`, 's').tree;
    const plain = plainOf(tree as Tree) as { list: number[] };
    expect([plain.list.length, plain.list[600], plain.list.at(-1)]).toEqual([1202, 2, 2]);
  });
});

describe('JSON', () => {
  const offsets = (text: string) => shown(treeOfText(text, 's').tree);
  /** A comment is all that keeps YAML from being JSON. */
  const asYaml = (text: string) => shown(treeOfText(`${text} # comment`, 's').tree);

  test.prop([
    fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4, noUnicodeString: false })),
    fc.constantFrom(0, 2),
  ])('is read as the YAML that it is, with every place', (value, indent) => {
    const text = JSON.stringify(value, null, indent);
    expect(offsets(text)).toEqual(asYaml(text));
  });

  it.each([
    ['{"a": 1e400, "b": -0, "c": 1.10, "d": 12345678901234567890}'],
    ['{"a": "\\u00e9\\ud83d\\ude00\\/\\n\\"", "": {}, "b": [], "c": [[]]}'],
    ['\n\t{ "a" : [ 1 , null , true , false ] }\r\n'],
  ])('has the values that YAML has: %s', (text) => {
    expect(offsets(text)).toEqual(asYaml(text));
  });

  it.each([
    ['{"a": 1, "a": 2}', ['s:1:10: a: is given twice']],
    ['{"__proto__": 1}', ['s:1:2: __proto__: is not allowed as a key']],
  ])('is refused as YAML is: %s', (text, lines) => {
    const { problems, tree } = treeOfText(text, 's');
    expect(tree).toBeUndefined();
    expect(
      problems.problems.map(
        ({ file, position, text: words }) => `${file}:${position?.line}:${position?.column}: ${words}`,
      ),
    ).toEqual(lines);
  });

  it.each([
    '{"a": 01}',
    '{"a": 1,}',
    '{a: 1}',
    "{'a': 1}",
    '{"a": "\t"}',
    '{"a": 1} // x',
    '{"a": "\\x41"}',
    '[1] 2',
  ])('that is none is left to YAML: %s', (text) => {
    const { problems, tree } = treeOfText(text, 's');
    expect(tree === undefined).toBe(problems.problems.length > 0);
  });

  it('has positions by line and column', async () => {
    expect(await yamlProblems('{\n  "jobs": [\n    { "comand": ["a"] }\n  ]\n}\n')).toEqual([
      '3:7: jobs[0].comand: unknown key; did you mean "command"?',
    ]);
  });

  it('that is nested deeper or larger than a suite may be is refused', async () => {
    expect(await yamlProblems(`{"jobs": ${'['.repeat(30)}${']'.repeat(30)}}`)).toEqual([
      expect.stringMatching(/nested too deeply; at most 24 levels$/),
    ]);
    expect(treeOfJson(`[${'1,'.repeat(499_998)}1]`)).toBeDefined();
    expect(treeOfJson(`[${'1,'.repeat(500_000)}1]`)).toBeUndefined();
  });
});
