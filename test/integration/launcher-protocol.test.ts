/** What a client of the launcher may not do: each is refused and ends its own connection, and nobody else's. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readFailure } from '../../src/launcher/facts.js';
import { configOpId, messageId, protocolVersion } from '../../src/launcher/protocol-table.js';
import { Reader, Writer } from '../../src/launcher/wire.js';
import { cgroupDirectories } from '../support/leaks.js';
import { configuration, frame, hello, type RawConnection, RawLauncher } from '../support/raw-launcher.js';
import { encodePlan, goodOperations, goodPlan } from '../support/raw-plan.js';
import { expectCleanEnd, expectGoodRun, useRawLauncher } from '../support/raw-session.js';

const { run, stdin, stdinClose, signal, kill, resize, outputCredit, configure, listen, refused } = messageId;
const FRAME_MAX = 16 * 1024 * 1024;

const words = (...values: readonly number[]): Uint8Array =>
  values.reduce((to, value) => to.u32(value), new Writer()).finish();
const text = (value: string): Uint8Array => new Writer().string(value).finish();
const sleeping = (): Uint8Array => encodePlan(goodOperations('sleep-forever', []));

async function refusalOn(connection: RawConnection, id?: number): Promise<string | undefined> {
  const found = await connection.find((one) => one.type === refused && (id === undefined || one.id === id));
  return found && readFailure(new Reader(found.payload)).detail;
}

const session = useRawLauncher();

const SPEAKS = `the launcher speaks protocol ${protocolVersion}`;

describe('before the greeting', () => {
  test.each<[string, Uint8Array, string]>([
    ['a newer version', hello(protocolVersion + 1), `${SPEAKS}, the client ${protocolVersion + 1}`],
    ['an older version', hello(protocolVersion - 1), `${SPEAKS}, the client ${protocolVersion - 1}`],
    ['version 0', hello(0), `${SPEAKS}, the client 0`],
    ['a greeting without version', frame(messageId.hello, 0), `${SPEAKS}, the client 0`],
    ['a greeting that goes on', frame(messageId.hello, 0, words(protocolVersion, 1)), SPEAKS],
    ['a run', frame(run, 1, goodPlan()), 'hello comes first'],
    ['configuration', frame(configure, 0, configuration('hotcell-x')), 'hello comes first'],
    ['a kill', frame(kill, 1), 'hello comes first'],
    ['text', Buffer.from('GET / HTTP/1.1\r\nHost: launcher\r\n\r\n'), 'frame too large'],
  ])('%s is refused', async (_, bytes, reason) => {
    const connection = (await session.launcher.connect()).send(bytes);
    expect(await refusalOn(connection)).toContain(reason);
    await connection.closed;
    await session.expectUnharmed();
  });
});

describe('after the greeting', () => {
  test.each<[string, Uint8Array[], string]>([
    ['a second greeting', [hello()], 'unknown message'],
    ['message 0', [frame(0, 1)], 'unknown message'],
    ['message 12', [frame(12, 1)], 'unknown message'],
    [
      'enter, from another than the control connection,',
      [frame(messageId.enter, 0)],
      'only the control connection',
    ],
    ["a message of the launcher's own", [frame(messageId.finished, 1)], 'unknown message'],
    ['message 2^32 - 1', [frame(0xffffffff, 1)], 'unknown message'],
    ['a frame one byte too large', [frame(run, 1, words(0), FRAME_MAX + 1)], 'frame too large'],
    ['a frame of 4 GiB', [frame(stdin, 1, words(0), 0xffffffff)], 'frame too large'],
    ['configuration', [frame(configure, 0, configuration('hotcell-x'))], 'only the control connection'],
    ['listening', [frame(listen, 0, text('/tmp/x'))], 'only the control connection'],
    ['a run id in use', [frame(run, 1, sleeping()), frame(run, 1, goodPlan())], 'this run id is in use'],
    ['signal 0', [frame(run, 1, sleeping()), frame(signal, 1, words(0))], 'signal'],
    ['signal 65', [frame(run, 1, sleeping()), frame(signal, 1, words(65))], 'signal'],
    ['signal 2^32 - 9', [frame(signal, 1, words(0xfffffff7))], 'signal'],
    ['a signal without number', [frame(signal, 1)], 'signal'],
    ['a signal with two numbers', [frame(signal, 1, words(9, 9))], 'signal'],
    ['a kill with a payload', [frame(run, 1, sleeping()), frame(kill, 1, words(0))], 'kill'],
    ['the end of input with a payload', [frame(stdinClose, 1, words(0))], 'stdin-close'],
    ['half a resize', [frame(resize, 1, words(1))], 'resize or credit'],
    ['credit and more', [frame(outputCredit, 1, words(1, 1, 1))], 'resize or credit'],
    [
      'input beyond the window',
      [frame(run, 1, sleeping()), frame(stdin, 1, Buffer.alloc(1 << 20))],
      'window',
    ],
  ])('%s is refused', async (_, frames, reason) => {
    const connection = (await session.launcher.greeted()).send(...frames);
    expect(await refusalOn(connection)).toContain(reason);
    await connection.closed;
    await session.expectUnharmed();
  });

  test.each<[string, Uint8Array]>([
    ['in its header', frame(run, 1, goodPlan()).subarray(0, 7)],
    ['behind its header', frame(run, 1, goodPlan()).subarray(0, 12)],
    ['before its last byte', frame(run, 1, goodPlan()).subarray(0, -1)],
  ])('a connection that ends within a frame, %s, is dropped', async (_, bytes) => {
    const connection = (await session.launcher.greeted()).send(bytes);
    connection.finish();
    await connection.closed;
    expect(connection.frames.map(({ type }) => type)).toEqual([messageId.welcome]);
    await session.expectUnharmed();
  });

  test('messages about a run that is not there are dropped', async () => {
    const connection = await session.launcher.greeted();
    connection.send(
      frame(stdin, 1, Buffer.alloc(1 << 20)),
      frame(stdinClose, 1),
      frame(signal, 1, words(9)),
      frame(kill, 1),
      frame(resize, 1, words(1, 1)),
      frame(outputCredit, 1, words(9, 0xffffffff)),
    );
    await expectGoodRun(connection, 1);
    await expectGoodRun(connection, 1);
    connection.destroy();
  });

  test('a session that arrives byte by byte is as good as any', async () => {
    const connection = await session.launcher.connect();
    for (const byte of Buffer.concat([hello(), frame(run, 1, goodPlan())]))
      connection.send(Uint8Array.of(byte));
    expect(await connection.end(1)).toMatchObject({ exitCode: 0 });
    connection.destroy();
  });

  test('a client that goes away takes its runs with it', async () => {
    const connection = await session.launcher.greeted();
    for (let id = 1; id <= 8; id++) connection.send(frame(run, id, sleeping()));
    for (let id = 1; id <= 8; id++) expect(await connection.ofType(messageId.started, id)).toBeDefined();
    connection.destroy();
    await session.expectUnharmed();
  });
});

describe('the control connection', () => {
  test('configures once, and listens once', async () => {
    const launcher = await RawLauncher.ready();
    const { control } = launcher;
    control.send(frame(configure, 0, configuration('hotcell-y')));
    expect(await refusalOn(control)).toContain('configured already');
    control.frames.length = 0;
    control.send(frame(listen, 0, text('/tmp/hotcell-second-socket')));
    expect(await refusalOn(control)).toContain('already listening');
    await expectGoodRun(control, 1);
    await expectCleanEnd(launcher);
  });

  const [badPath, badInstance] = [text('relative'), text('other-name')];
  const option = (code: number, payload: Uint8Array): Uint8Array =>
    new Writer().u32(code).bytes(payload).finish();
  test.each<[string, number, Uint8Array, string]>([
    ['run before configure', run, goodPlan(), 'configure comes first'],
    ['configure nothing', configure, new Uint8Array(), 'are needed'],
    ['an unknown option', configure, option(9, badPath), 'bad option 9'],
    ['a relative directory', configure, option(1, badPath), 'bad option 1'],
    ["somebody else's name", configure, option(4, badInstance), 'bad option 4'],
    ['a name with a slash', configure, option(4, text('hotcell-/../x')), 'bad option 4'],
    ['no controllers', configure, option(2, Buffer.concat([words(0), text('/tmp')])), 'bad option 2'],
    ['unknown controllers', configure, option(2, Buffer.concat([words(64), text('/tmp')])), 'bad option 2'],
    ['an option that is cut off', configure, words(1, 100), 'bad option 1'],
    ['listen at a relative path', listen, badPath, 'absolute'],
    ['listen at an abstract address', listen, text(''), 'absolute'],
    ['listen at a long path', listen, text(`/${'x'.repeat(200)}`), 'xxx'],
    ['listen where nothing can be', listen, text('/proc/socket'), '/proc/socket'],
  ])('%s: refused, and right after that it works', async (_, type, payload, reason) => {
    const launcher = new RawLauncher();
    const { control } = launcher;
    control.send(hello(), frame(type, type === run ? 1 : 0, payload));
    expect(await refusalOn(control)).toContain(reason);
    const ranges = await launcher.enter();
    control.send(frame(configure, 0, configuration(launcher.instance, ranges)));
    expect(await control.ofType(messageId.configured)).toBeDefined();
    await expectGoodRun(control, 2);
    await expectCleanEnd(launcher);
  });

  test.each<[string, Uint8Array]>([
    ['a second greeting', hello()],
    ['a listen that is not one', frame(listen, 0, words(5))],
    ['an unknown message', frame(99, 0)],
    ['a frame too large', frame(run, 1, words(0), FRAME_MAX + 1)],
  ])('%s on it ends the launcher, in order and with its runs', async (_, bytes) => {
    const launcher = await RawLauncher.ready();
    launcher.control.send(frame(run, 1, sleeping()));
    await launcher.control.ofType(messageId.started, 1);
    launcher.control.send(bytes);
    expect(await launcher.exit).toEqual({ code: 0, signal: null });
    await expectCleanEnd(launcher);
  });
});

describe('a configuration that fails half-way', () => {
  /** More often than there are blocks of ids, each of which is locked while a launcher has it. */
  const ATTEMPTS = 70;

  test('leaves nothing behind, however often it is tried', async () => {
    const launcher = new RawLauncher();
    const { control } = launcher;
    control.send(hello());
    await control.ofType(messageId.welcome);
    const ranges = await launcher.enter();
    const before = launcher.openFiles();
    const bad = Buffer.concat([
      configuration(launcher.instance),
      new Writer()
        .u32(configOpId.cgroup2)
        .bytes(Buffer.concat([words(1), text('/nowhere')]))
        .finish(),
    ]);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      control.frames.length = 0;
      control.send(frame(configure, 0, bad));
      expect(await refusalOn(control)).toContain('/nowhere');
    }
    expect(launcher.openFiles()).toBe(before);
    expect(cgroupDirectories(new Set([launcher.instance]))).toEqual([]);
    control.send(frame(configure, 0, configuration(launcher.instance, ranges)));
    expect(await control.ofType(messageId.configured)).toBeDefined();
    await expectGoodRun(control, 1);
    await expectCleanEnd(launcher);
  });
});

describe('who may connect', () => {
  const script = `
    const [uid, path] = process.argv.slice(1);
    process.setgid(Number(uid));
    process.setuid(Number(uid));
    let bytes = 0;
    require('node:net').connect(path)
      .on('connect', function () { this.write(Buffer.from('${hello().toString('hex')}', 'hex')); })
      .on('data', function (chunk) { bytes += chunk.length; this.destroy(); })
      .on('error', (error) => { if (!['EPIPE', 'ECONNRESET'].includes(error.code)) throw error; })
      .on('close', () => console.log(bytes > 0 ? 'welcome' : 'dropped'));`;

  test.each<[number, string]>([
    [0, 'welcome'],
    [65534, 'dropped'],
    [1000, 'dropped'],
  ])('user %i, with every permission on the socket: %s', async (uid, said) => {
    session.launcher.openToAll();
    const args = ['-e', script, String(uid), session.launcher.socketPath];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: '/' });
    expect(stdout.trim()).toBe(said);
    await session.expectUnharmed();
  });
});
