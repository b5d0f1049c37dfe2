import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  readonly host: string;
  /** How many connections were cut. */
  readonly cuts: () => number;
  stop(): Promise<void>;
}

/** Which way to count, and after how many bytes of a connection to cut it. */
export interface Cut {
  readonly direction: 'up' | 'down';
  readonly afterBytes: number;
  /** How often; the connections after that are left alone. */
  readonly times: number;
}

/** Passes bytes on to a port of this machine, and cuts connections in the middle. */
export async function startCuttingProxy(
  target: string,
  { direction, afterBytes, times }: Cut,
): Promise<CuttingProxy> {
  const port = Number(target.split(':')[1]);
  const sockets = new Set<Socket>();
  let cuts = 0;
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    let bytes = 0;
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    (direction === 'up' ? near : far).on('data', (chunk) => {
      bytes += chunk.length;
      if (bytes > afterBytes && cuts < times) {
        cuts++;
        // As when a cable is pulled: not the end of a stream, but its loss.
        near.resetAndDestroy();
        far.destroy();
      }
    });
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cuts: () => cuts,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
