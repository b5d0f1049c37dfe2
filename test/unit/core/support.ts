import { HotcellError } from '../../../src/core/index.js';

/** What `action` returns, or the HotcellError it throws; any other error comes through. */
export function resultOf<Result>(action: () => Result): Result | HotcellError {
  try {
    return action();
  } catch (error) {
    if (error instanceof HotcellError) return error;
    throw error;
  }
}

/** Whether an error of the parsers can stand in a log: one line without control characters. */
export const isOneLine = ({ code, message }: HotcellError): boolean =>
  code === 'invalid-spec' && message !== '' && !/[\p{Cc}\p{Cs}]/u.test(message);
