import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { createJunitReporter } from '../../../src/report/index.js';
import type { Outcome } from '../../../src/spec/index.js';
import { failed, HOSTILE, outcomeOf, skipped, textOf, written } from './support.js';

interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Element[];
}

const PARSE = `
import sys, json, xml.etree.ElementTree as tree
def plain(e): return {"tag": e.tag, "attributes": e.attrib, "text": e.text or "", "children": [plain(c) for c in e]}
json.dump(plain(tree.fromstring(sys.stdin.buffer.read())), sys.stdout)`;

/** expat refuses everything that XML 1.0 does. */
async function parse(xml: string): Promise<Element> {
  const { stdout } = await execa('python3', ['-c', PARSE], {
    input: Buffer.from(xml),
    stripFinalNewline: false,
  });
  return JSON.parse(stdout) as Element;
}

const junit = async (outcomes: Iterable<Outcome>): Promise<Element> =>
  parse(await textOf(createJunitReporter, outcomes));

const find = (element: Element | undefined, tag: string): Element | undefined =>
  element?.children.find((child) => child.tag === tag);

describe('JUnit XML', () => {
  it.each(Object.entries(HOSTILE))('stays well-formed with %s everywhere', async (_, text) => {
    const difference = {
      what: 'stdout',
      compare: 'exact',
      line: 1,
      column: 1,
      expected: text,
      actual: text,
      text,
    };
    const root = await junit([
      failed({
        failures: [text],
        message: text,
        command: [text],
        input: { text, bytes: 9999, truncated: true },
        stdout: written(text),
        stderr: written(text),
        differences: [difference],
        labels: { [text]: text },
      }),
    ]);
    const test = find(root.children[0], 'testcase');
    expect(test?.children.map(({ tag }) => tag)).toEqual([
      'properties',
      'failure',
      'system-out',
      'system-err',
    ]);
    expect(find(test, 'failure')?.children).toEqual([]);
  });

  it('gives back what can be given back, and shows the rest', async () => {
    const root = await junit([outcomeOf({ stdout: written('a\r\n\tb < ]]> & \u001b[1m\0 \ud800 日本') })]);
    expect(find(find(root.children[0], 'testcase'), 'system-out')?.text).toBe(
      'a\r\n\tb < ]]> & \\u{1b}[1m\\u{0} \\u{d800} 日本',
    );
  });

  it('counts each suite, and failed builds as errors', async () => {
    const root = await junit([
      failed({ role: 'build', case: null, job: 'main', failures: ['main.c:1: error'] }),
      outcomeOf({ role: 'build', case: null, job: 'other' }),
      outcomeOf(),
      failed({ case: 'big' }),
      skipped({ case: 'last' }),
      outcomeOf({
        suite: 'product',
        verdict: 'error',
        status: 'internal-error',
        message: 'step clone: EAGAIN',
      }),
    ]);
    expect(root.attributes).toMatchObject({
      tests: '5',
      failures: '1',
      errors: '2',
      skipped: '1',
      time: '1.234',
    });
    expect(root.children.map(({ attributes }) => attributes)).toMatchObject([
      { name: 'sum', tests: '4', failures: '1', errors: '1', skipped: '1' },
      { name: 'product', tests: '1', failures: '0', errors: '1', skipped: '0' },
    ]);
    const names = root.children[0]?.children.map(({ attributes }) => attributes.name);
    expect(names).toEqual(['build main', 'small', 'big', 'last']);
  });

  it('says with a failure how it was run', async () => {
    const input = { text: '1 2\n', bytes: 4, truncated: false };
    const root = await junit([failed({ command: ['./sum', 'a b'], input, points: 10 })]);
    const [only] = root.children[0]?.children ?? [];
    expect(find(only, 'failure')?.text).toBe(
      "expected exit code 0, but it was 1\n\n$ ./sum 'a b'\nstdin:\n1 2\n",
    );
    const properties = find(only, 'properties')?.children.map(({ attributes }) => attributes);
    expect(properties).toContainEqual({ name: 'command', value: "./sum 'a b'" });
    expect(properties).toContainEqual({ name: 'points', value: '10' });
  });

  it('keeps earlier attempts inside of the last', async () => {
    const root = await junit([
      failed({ final: false, failures: ['first'] }),
      outcomeOf({ attempt: 2 }),
      failed({ case: 'big', final: false, verdict: 'error', failures: [], message: 'second' }),
      failed({ case: 'big', attempt: 2 }),
    ]);
    const [flaky, rerun] = root.children[0]?.children ?? [];
    expect(root.attributes.tests).toBe('2');
    expect(find(flaky, 'flakyFailure')?.attributes.message).toBe('first');
    expect(find(flaky, 'failure')).toBeUndefined();
    expect(find(rerun, 'rerunError')?.attributes.message).toBe('second');
    expect(find(rerun, 'failure')).toBeDefined();
  });

  it('keeps the suites together when more comes than fits in memory', async () => {
    const text = `日本語 ${'x'.repeat(60_000)}`;
    const outcomes = Array.from({ length: 200 }, (_, index) =>
      outcomeOf({ suite: index % 2 === 0 ? 'even' : 'odd', case: `c${index}`, stdout: written(text) }),
    );
    const root = await junit(outcomes);
    expect(root.children.map(({ attributes }) => [attributes.name, attributes.tests])).toEqual([
      ['even', '100'],
      ['odd', '100'],
    ]);
    const last = root.children[1]?.children.at(-1);
    expect([last?.attributes.name, find(last, 'system-out')?.text]).toEqual(['c199', text]);
  });
});
