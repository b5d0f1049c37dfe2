import { expect, test } from 'vitest';
import { loadOrder } from '../../../../scripts/vm/kernel.js';

const DEPENDENCIES = [
  'kernel/virtio_ring.ko:',
  'kernel/virtio.ko: kernel/virtio_ring.ko',
  'kernel/virtio_pci.ko: kernel/legacy.ko kernel/virtio.ko kernel/virtio_ring.ko',
  'kernel/virtio_blk.ko: kernel/virtio.ko kernel/virtio_ring.ko',
].join('\n');

test('modules come after what they need, and once each', () => {
  expect(loadOrder(DEPENDENCIES, ['virtio_pci', 'virtio_blk'])).toEqual([
    'kernel/virtio_ring.ko',
    'kernel/virtio.ko',
    'kernel/legacy.ko',
    'kernel/virtio_pci.ko',
    'kernel/virtio_blk.ko',
  ]);
});

test('a module that this kernel has not is named', () => {
  expect(() => loadOrder(DEPENDENCIES, ['virtio_net'])).toThrow('no module virtio_net');
});
