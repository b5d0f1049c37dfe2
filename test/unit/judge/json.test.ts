import { describe, expect, test } from 'vitest';
import { type Bytes, difference } from './support.js';

const json = async (expected: Bytes, actual: Bytes): Promise<string | null> =>
  (await difference(expected, actual, { compare: 'json' }))?.text.split('\n')[0] ?? null;

describe('json', () => {
  test.each([
    ['{"a":1,"b":[true,null]}', ' { "b" : [ true , null ] ,\r\n\t"a" : 1 } '],
    ['"\\u00e9\\n"', '"é\\n"'],
    ['1', '1.0'],
    ['100', '1e2'],
    ['0.001', '1E-3'],
    ['0', '-0.0e5'],
    ['12345678901234567890', '12345678901234567890.0'],
    ['12345678901234567890', '1.2345678901234567890e19'],
    ['1e400', '10e399'],
    ['{"__proto__":1,"constructor":2}', '{"constructor":2,"__proto__":1}'],
    ['"\ud83d\ude00"', '"\\ud83d\\ude00"'],
  ])('%s is %s', async (expected, actual) => {
    expect(await json(expected, actual)).toBeNull();
  });

  test.each([
    ['[1,2]', '[1,3]', 'at $[1]: expected 2, got 3'],
    ['[1,2]', '[1]', 'at $[1]: expected 2, got nothing'],
    ['[1]', '[1,null]', 'at $[1]: expected nothing, got null'],
    ['{"a":{"b c":[0]}}', '{"a":{"b c":["0"]}}', 'at $.a["b c"][0]: expected 0, got "0"'],
    ['{"a":1}', '{"a":1,"b":{}}', 'at $.b: expected nothing, got {}'],
    ['{"a":1}', '{}', 'at $.a: expected 1, got nothing'],
    ['{}', '[]', 'at $: expected {}, got []'],
    ['null', 'false', 'at $: expected null, got false'],
    ['9007199254740993', '9007199254740992', 'at $: expected 9007199254740993, got 9007199254740992'],
    ['1e400', '1e401', 'at $: expected 1e400, got 1e401'],
    ['-12345678901234567890', '12345678901234567890', 'got 12345678901234567890'],
    ['{"__proto__":1}', '{}', 'at $.__proto__: expected 1, got nothing'],
    ['"\\u001b[2J"', '"x"', 'expected "\\u001b[2J"'],
  ])('%s is not %s', async (expected, actual, text) => {
    expect(await json(expected, actual)).toContain(text);
  });

  test.each([
    ['nothing', '', 'a value is missing, at line 1, column 1'],
    ['half of it', '{"a":\n', 'a value is missing, at line 2, column 1'],
    ['a comma at the end', '[1,]', 'a value is missing'],
    ['a comma that is missing', '[1 2]', '"," or "]" is missing'],
    ['two values', '1 2', 'nothing more may follow'],
    ['a comment', '1 // one', 'nothing more may follow'],
    ['a key without quotes', '{a:1}', 'a key is missing'],
    ['a key twice', '{"a":1,"a":1}', 'the key "a" is there twice'],
    ['single quotes', "'a'", 'a value is missing'],
    ['NaN', 'NaN', 'a value is missing'],
    ['a leading zero', '01', 'nothing more may follow'],
    ['a point without digits', '1.', 'nothing more may follow'],
    ['a plus', '+1', 'a value is missing'],
    ['an unknown escape', '"\\x"', 'a wrong escape'],
    ['a newline in a string', '"a\nb"', 'a control character'],
    ['a string without end', '"abc', 'a string does not end'],
    ['a string that ends in a backslash', '"abc\\', 'a string does not end'],
    ['what is no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'it is not UTF-8'],
    ['deep nesting', '['.repeat(1_000_000), 'nested deeper than 512'],
  ])('%s is no JSON', async (_name, actual, text) => {
    expect(await json('1', actual)).toContain(`what was written is no JSON: ${text}`);
  });

  test('that was expected must be JSON, even where the same was written', async () => {
    expect(await json('{', '{')).toContain('what was expected is no JSON');
  });
});
