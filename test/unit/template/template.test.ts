import { describe, expect, it } from 'vitest';
import { compileTemplate } from '../../../src/template/index.js';

const DATA = {
  id: 'abc',
  Name: 'web',
  Empty: '',
  Zero: 0,
  Nothing: null,
  List: ['a', 'b', 'c'],
  Numbers: [3, 1, 2],
  Labels: new Map([
    ['b', '2'],
    ['a', '1'],
  ]),
  State: { Status: 'exited', ExitCode: 3, Running: false },
  Rows: [{ X: 1 }, { X: 2 }],
  Label: (key: string) => `label ${key}`,
  Bad: '\u001b[2J\u009bx',
};

const render = (text: string): string => compileTemplate(text).render(DATA);
const fail = (text: string): string => {
  try {
    return `no error: ${render(text)}`;
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid-usage' });
    return (error as Error).message;
  }
};

describe('a template that is wrong says where and why', () => {
  it.each([
    ['{{', 'template 1:1: {{ without }}'],
    ['a\nbc {{.Name', 'template 2:4: {{ without }}'],
    ['{{}}', 'template 1:1: an empty {{}}'],
    ['{{.Nmae}}', 'template 1:3: there is no field ".Nmae"; did you mean .Name?'],
    ['{{.State.Stauts}}', 'template 1:9: there is no field ".Stauts"; did you mean .Status?'],
    [
      '{{.State.Qqqqqq}}',
      'template 1:9: there is no field ".Qqqqqq"; there are .Status, .ExitCode, .Running',
    ],
    ['{{.Name.X}}', 'template 1:8: .X: a string has no fields'],
    ['{{uper .Name}}', 'template 1:3: unknown function "uper"; did you mean "upper"?'],
    ['{{upper}}', 'template 1:3: upper takes 1 arguments, not 0'],
    ['{{upper .List}}', 'template 1:3: upper: needs text, not a list'],
    ['{{join .Name ","}}', 'template 1:3: join: needs a list, not a string'],
    ['{{index .List 3}}', 'template 1:3: index: there is no entry 3 in a list of 3'],
    ['{{index .List "a"}}', 'template 1:3: index: needs a whole number, not a string'],
    ['{{slice .Name 2 9}}', 'template 1:3: slice: there is no part 2 to 9 of 3'],
    ['{{len 3}}', 'template 1:3: len: needs text, a list or a map, not a number'],
    ['{{eq .Name 1}}', 'template 1:3: eq: cannot compare a string with a number'],
    ['{{eq .List .List}}', 'template 1:3: eq: cannot compare a list'],
    ['{{lt .Name 1}}', 'template 1:3: lt: cannot order a string and a number'],
    ['{{printf "%d" .Name}}', 'template 1:3: printf: %d needs a number, not a string'],
    ['{{printf "%d"}}', 'template 1:3: printf: "%d" has no value'],
    ['{{printf "x" 1}}', 'template 1:3: printf: 1 more values than verbs'],
    ['{{printf "%y" 1}}', 'template 1:3: printf: "%y" is not supported; there are %s %v %q'],
    ['{{printf "%99999d" 1}}', 'template 1:3: printf: "%99999d" is wider than 1000'],
    ['{{if .Name}}', 'template 1:3: if without end'],
    ['{{if .Name}}{{else}}', 'template 1:3: if without end'],
    ['{{if .Name}}{{else}}{{else}}{{end}}', 'template 1:23: a second else'],
    ['{{end}}', 'template 1:3: end without if, with or range'],
    ['{{else}}', 'template 1:3: else without if, with or range'],
    ['{{if .Name}}{{end x}}', 'template 1:19: unexpected "x" after end'],
    ['{{if}}x{{end}}', 'template 1:3: a value is missing'],
    ['{{range .Name}}{{end}}', 'template 1:9: range over a string; it goes over lists, maps and numbers'],
    ['{{break}}', 'template 1:3: break outside of range'],
    ['{{template "x"}}', 'template 1:3: template is not supported'],
    ['{{"abc}}', 'template 1:3: the text in quotes does not end'],
    ['{{"\\q"}}', 'template 1:4: "\\\\q" is not an escape'],
    ['{{.Name | }}', 'template 1:1: a value is missing'],
    ['{{.Name | "x"}}', 'template 1:11: only a function may stand after "|"'],
    ['{{"x" .Name}}', 'template 1:7: only a function takes arguments'],
    ['{{.Name "x"}}', 'template 1:3: .Name takes no arguments'],
    ['{{(upper .Name}}', 'template 1:3: ( without )'],
    ['{{upper .Name)}}', 'template 1:14: unexpected ")"'],
    ['{{$x}}', 'template 1:3: there is no variable "$x"'],
    ['{{$x = 1}}', 'template 1:3: there is no variable "$x"'],
    ['{{if 1}}{{$x := 1}}{{end}}{{$x}}', 'template 1:29: there is no variable "$x"'],
    ['{{.Name := 1}}', 'template 1:9: ":=" needs a variable before it, such as $x'],
    ['{{$a, $b := .List}}', 'template 1:10: ":=" needs a variable before it, such as $x'],
    ['{{.Name ; }}', 'template 1:9: unexpected ";"'],
    ['{{/* x }}', 'template 1:3: the comment does not end'],
    ['{{/* x */ .Name}}', 'template 1:10: a comment is followed by }} at once'],
    ['{{range 10000000}}{{end}}', 'template 1:9: takes more than 1000000 steps'],
  ])('%s', (text, message) => {
    expect(fail(text).startsWith(message)).toBe(true);
  });

  it('is bounded in its own length, its nesting and what it gives', () => {
    expect(fail('x'.repeat(70_000))).toMatch(/longer than 65536 characters/);
    expect(fail('{{if 1}}'.repeat(100))).toMatch(/nested deeper than 64/);
    expect(fail(`{{${'('.repeat(100)}`)).toMatch(/without \}\}/);
    expect(fail(`{{${'('.repeat(100)}1${')'.repeat(100)}}}`)).toMatch(/nested deeper than 64/);
    expect(fail(`{{range 100000}}${'x'.repeat(1000)}{{end}}`)).toMatch(/more than 16777216 characters/);
  });
});

describe('values', () => {
  it.each([
    ['', ''],
    ['plain } text', 'plain } text'],
    ['{{.Name}}', 'web'],
    ['{{.ID}} {{.Id}} {{.id}}', 'abc abc abc'],
    ['{{ .State.ExitCode }}', '3'],
    ['{{.}}', 'map['],
    ['{{.List}}', '[a b c]'],
    ['{{.Labels}}', 'map[a:1 b:2]'],
    ['{{.Labels.a}}{{.Labels.zzz}}', '1<no value>'],
    ['{{.Nothing}} {{.Nothing.X.Y}}', '<nil> <no value>'],
    [
      '{{true}} {{nil}} {{1}} {{-2.5}} {{0x10}} {{"a\\tb"}} {{`a\\tb`}} {{\'x\'}}',
      'true <nil> 1 -2.5 16 a\tb a\\tb x',
    ],
    ['{{.Label "k"}} {{(.Label "k") | upper}}', 'label k LABEL K'],
    ['{{(index .Rows 1).X}}', '2'],
    ['{{"}}"}}', '}}'],
  ])('%s', (text, expected) => {
    expect(render(text).startsWith(expected)).toBe(true);
  });

  it('pass through what makes them harmless, which the text around them does not', () => {
    const show = (text: string): string => text.replaceAll('\u001b', '␛');
    expect(compileTemplate('\u001b{{.Bad}}', { show }).render(DATA)).toBe('\u001b␛[2J\u009bx');
    const family = '👨\u200d👩 \u202e\u{e0001}';
    const shown = compileTemplate('{{json .}}').render({ family });
    expect(shown).not.toMatch(/[\p{Cf}]/u);
    expect(JSON.parse(shown)).toEqual({ family });
    expect(compileTemplate('{{json .Bad}}').render(DATA)).toBe('"\\u001b[2J\\u009bx"');
  });

  it('are the objects own, never what every object has', () => {
    expect(fail('{{.constructor}}')).toMatch(/there is no field ".constructor"/);
    expect(fail('{{.State.__proto__}}')).toMatch(/there is no field ".__proto__"/);
    expect(render('{{.Labels.size}}{{.Labels.get}}')).toBe('<no value><no value>');
  });
});

describe('functions', () => {
  it.each([
    ['{{upper .Name}} {{.Name | upper | lower}}', 'WEB web'],
    ['{{join .List ","}} {{split "a,b" ","}} {{len .List}} {{len "ä"}}', 'a,b,c [a b] 3 2'],
    [
      '{{json .Labels}} {{json .State}} {{json .Nothing}}',
      '{"a":"1","b":"2"} {"Status":"exited","ExitCode":3,"Running":false} null',
    ],
    ['{{index .List 1}} {{index .Labels "a"}} {{index .Rows 0}}', 'b 1 map[X:1]'],
    ['{{slice .Name 1}} {{slice .List 0 2}}', 'eb [a b]'],
    ['{{title "go home"}} {{pad "x" 1 2}}| {{truncate "héllo" 2}}', 'Go Home  x  | hé'],
    [
      '{{eq 1 1}} {{eq "a" "b" "a"}} {{ne 1 2}} {{eq .Nothing nil}} {{eq .Name nil}}',
      'true true true true false',
    ],
    ['{{lt 1 2}} {{le 2 2}} {{gt "b" "a"}} {{ge 1 2}}', 'true true true false'],
    ['{{not .Empty}} {{and .Name .Empty}}| {{or .Empty .Name}}', 'true | web'],
    ['{{print 1 2 "a" 3}} {{println "a" 1}}', '1 2a3 a 1\n'],
    [
      '{{printf "%s=%05d|%-4s|%4s|%.2f|%q|%x|%%|%v|%t" "a" 42 "b" "c" 1.234 "d\\"" 255 .List true}}',
      'a=00042|b   |   c|1.23|"d\\""|ff|%|[a b c]|true',
    ],
    [
      '{{printf "%+d %e %c %.2s %X %o %b" 5 12345.678 65 "xyz" "hi" 8 5}}',
      '+5 1.234568e+04 A xy 6869 10 101',
    ],
    ['{{.Name | printf "%s-%s" "x"}}', 'x-web'],
  ])('%s', (text, expected) => {
    expect(render(text)).toBe(expected);
  });

  it('and, or look at no more than they need', () => {
    expect(render('{{and false (index .List 99)}} {{or 1 (index .List 99)}}')).toBe('false 1');
    expect(fail('{{and true (index .List 99)}}')).toMatch(/no entry 99/);
  });
});

describe('blocks', () => {
  it.each([
    ['{{if .Name}}yes{{else}}no{{end}}', 'yes'],
    ['{{if .Zero}}yes{{else}}no{{end}}', 'no'],
    ['{{if .Empty}}a{{else if .Nothing}}b{{else if .Name}}c{{else}}d{{end}}', 'c'],
    ['{{if .Zero}}a{{end}}', ''],
    ['{{with .State}}{{.Status}} {{$.Name}}{{else}}none{{end}}', 'exited web'],
    ['{{with .Nothing}}x{{else}}{{.Name}}{{end}}', 'web'],
    ['{{with $x := .State}}{{$x.Status}}{{end}}', 'exited'],
    ['{{range .List}}<{{.}}>{{end}}', '<a><b><c>'],
    ['{{range $i, $v := .List}}{{$i}}{{$v}} {{end}}', '0a 1b 2c '],
    ['{{range $v := .List}}{{$v}}{{end}}', 'abc'],
    ['{{range $k, $v := .Labels}}{{$k}}={{$v}};{{end}}', 'a=1;b=2;'],
    ['{{range .Nothing}}x{{else}}none{{end}}', 'none'],
    ['{{range 3}}{{.}}{{end}}', '012'],
    ['{{range .List}}{{if eq . "b"}}{{continue}}{{end}}{{.}}{{end}}', 'ac'],
    ['{{range .List}}{{if eq . "b"}}{{break}}{{end}}{{.}}{{end}}', 'a'],
    ['{{$n := 0}}{{range .Numbers}}{{if gt . $n}}{{$n = .}}{{end}}{{end}}{{$n}}', '3'],
    ['{{range .Rows}}{{range $.List}}{{.}}{{end}}{{.X}} {{end}}', 'abc1 abc2 '],
    ['a  {{- .Name -}}  b', 'awebb'],
    ['a {{- /* a comment */ -}} b', 'ab'],
    ['a{{/* }} */}}b', 'ab'],
    ['{{3 -}} x', '3x'],
    ['{{-3}}', '-3'],
    ['{{range .List}}{{.}}\n{{- end}}', 'abc'],
  ])('%s', (text, expected) => {
    expect(render(text)).toBe(expected);
  });
});

describe('titles of columns', () => {
  it('come through functions that would change or refuse them', () => {
    const titles = { Name: 'NAME', Exit: 'EXIT', Label: (key: string) => key };
    const text =
      '{{json .Name}} {{printf "%5d" .Exit}} {{join .Name ","}} {{.Label "x"}}{{if gt .Exit 1}}!{{end}}';
    expect(compileTemplate(text).renderTitles(titles)).toBe('NAME  EXIT NAME x');
  });
});
