import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { LauncherConnection } from '../../../src/launcher/connection.js';

const NOBODY = { onStdout: () => {}, onStderr: () => {}, onFile: () => {}, onStarted: () => {} };

test('runs on a connection that broke a moment ago are lost, and none leaves a listener on it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  const connection = new LauncherConnection(socket);
  socket.destroy();
  const runs = Array.from({ length: 20 }, () => connection.run([], NOBODY));
  expect(socket.listenerCount('connect')).toBe(0);
  for (const { facts } of runs)
    expect(await facts).toMatchObject({ exited: false, failure: { step: 'protocol' } });
  await connection.closed;
  server.close();
});
