import { describe, expect, it } from 'vitest';
import { configOfChanges } from '../../../../src/cli/image/changes.js';

function complaint(...changes: string[]): string {
  try {
    configOfChanges(changes);
  } catch (error) {
    return String(error).replace('HotcellError: ', '');
  }
  throw new Error(`accepted: ${changes.join(', ')}`);
}

describe('what is refused', () => {
  it.each([
    ['', '--change: "" cannot be changed; use one of CMD, ENTRYPOINT, ENV,'],
    ['RUN rm -rf /', '--change: "RUN" cannot be changed; use one of CMD, ENTRYPOINT, ENV,'],
    ['ENTRYPIONT x', 'did you mean ENTRYPOINT?'],
    ['constructor x', '"constructor" cannot be changed'],
    ['CMD', '--change: CMD has no value'],
    [`CMD ["a", 'b']`, `--change: CMD: "[\\"a\\", 'b']" is no JSON list of texts; use one such as`],
    ['CMD ["a", 1]', 'is no JSON list of texts'],
    ['ENV A', '--change: ENV: "A" has no "="; use NAME=VALUE'],
    ['ENV =x', '"" is no name'],
    ['LABEL "a', 'a quote is not closed'],
    [`ENV A=\${B:-x}`, `only $NAME and \${NAME} are known`],
    ['EXPOSE 0', '"0" is no port; use 80, 53/udp or 8000-8010'],
    ['EXPOSE 70000', '"70000" is no port'],
    ['EXPOSE 9-8', '"9-8" is no port'],
    ['EXPOSE 80/icmp', '"80/icmp" is no port'],
    ['VOLUME data', '"data" is no absolute path'],
    ['STOPSIGNAL SIGTREM', '"SIGTREM" is no signal; did you mean SIGTERM?'],
    ['STOPSIGNAL 99', '"99" is no signal'],
  ])('%j', (change, words) => {
    expect(complaint(change)).toContain(words);
  });
});

it.each([
  ['CMD ["a b", "c"]', { cmd: ['a b', 'c'] }],
  ['cmd echo "$HOME" a', { cmd: ['/bin/sh', '-c', 'echo "$HOME" a'] }],
  ['ENTRYPOINT ["/x"]', { entrypoint: ['/x'] }],
  ['ENV A=1 B="2 3" C=a\\ b D=', { env: { A: '1', B: '2 3', C: 'a b', D: '' } }],
  ['ENV A one two', { env: { A: 'one two' } }],
  [`ENV A='$x' B="\\$x"`, { env: { A: '$x', B: '$x' } }],
  ['LABEL a.b="c=d" e=\'f "g"\'', { labels: { 'a.b': 'c=d', e: 'f "g"' } }],
  ['WORKDIR srv/../data', { workdir: '/data' }],
  ['WORKDIR /a b', { workdir: '/a b' }],
  ['USER 1000:1000', { user: '1000:1000' }],
  ['EXPOSE 80 53/UDP 8000-8002', { exposedPorts: ['80/tcp', '53/udp', '8000/tcp', '8001/tcp', '8002/tcp'] }],
  ['VOLUME /a /b/', { volumes: ['/a', '/b/'] }],
  ['VOLUME ["/a b"]', { volumes: ['/a b'] }],
  ['STOPSIGNAL term', { stopSignal: 'SIGTERM' }],
  ['STOPSIGNAL 9', { stopSignal: '9' }],
  ['STOPSIGNAL SIGRTMIN+3', { stopSignal: 'SIGRTMIN+3' }],
])('takes %j', (change, config) => {
  expect(configOfChanges([change])).toMatchObject(config);
});

it('takes one change after the other', () => {
  expect(
    configOfChanges([
      'ENV P=/opt Q=1',
      `ENV P=$P/bin:\${P}/sbin R=$NONE.`,
      'WORKDIR /srv',
      'WORKDIR $Q',
      'LABEL a=1',
      'LABEL a=2 __proto__=3',
      'VOLUME /x',
      'VOLUME /x /y',
    ]),
  ).toMatchObject({
    env: { P: '/opt/bin:/opt/sbin', Q: '1', R: '.' },
    workdir: '/srv/1',
    volumes: ['/x', '/y'],
  });
  const { labels } = configOfChanges(['LABEL a=2 __proto__=3']);
  expect(Object.entries(labels)).toEqual([
    ['a', '2'],
    ['__proto__', '3'],
  ]);
});
