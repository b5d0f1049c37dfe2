import { describe, expect, it } from 'vitest';
import { CleanupStack } from '../../../src/core/index.js';

const dispose = (stack: CleanupStack): Promise<void> => stack[Symbol.asyncDispose]();

describe('CleanupStack', () => {
  it('runs the last step first and waits for each', async () => {
    const order: string[] = [];
    const stack = new CleanupStack();
    stack.defer(() => void order.push('first'));
    stack.defer(async () => {
      order.push('second begins');
      await Promise.resolve();
      order.push('second ends');
    });
    await dispose(stack);
    expect(order).toEqual(['second begins', 'second ends', 'first']);
  });

  it('runs every step when some fail, and reports all of them', async () => {
    const order: number[] = [];
    const stack = new CleanupStack();
    stack.defer(() => void order.push(1));
    stack.defer(() => Promise.reject(new Error('two')));
    stack.defer(() => {
      throw new Error('three');
    });
    const error: unknown = await dispose(stack).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors.map(String)).toEqual(['Error: three', 'Error: two']);
    expect(order).toEqual([1]);
  });

  it('runs once, and a second call waits for the first', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let runs = 0;
    const stack = new CleanupStack();
    stack.defer(async () => {
      await gate;
      runs++;
    });
    const both = Promise.all([dispose(stack), dispose(stack)]);
    open();
    await both;
    await dispose(stack);
    expect(runs).toBe(1);
  });

  it('takes nothing more once it runs', async () => {
    const stack = new CleanupStack();
    await dispose(stack);
    expect(() => stack.defer(() => undefined)).toThrow(expect.objectContaining({ code: 'closed' }));
  });

  it('works with await using', async () => {
    const order: string[] = [];
    {
      await using stack = new CleanupStack();
      stack.defer(() => void order.push('cleaned'));
      order.push('body');
    }
    expect(order).toEqual(['body', 'cleaned']);
  });
});
