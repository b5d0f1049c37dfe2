import { expect, test } from 'vitest';
import { RestartBudget } from '../../../src/engine/restart-budget.js';

test('five restarts come at once, and each further one ten seconds after the fifth before it', () => {
  const budget = new RestartBudget();
  expect([0, 1, 2, 3, 4].map((at) => budget.take(at))).toEqual([0, 0, 0, 0, 0]);
  expect(budget.take(5)).toBe(9995);
  expect(budget.take(10_000)).toBe(1);
  expect(budget.take(20_000)).toBe(0);
});

test('restarts that are far apart never wait', () => {
  const budget = new RestartBudget();
  for (let index = 0; index < 100; index++) expect(budget.take(index * 2000)).toBe(0);
});

test('what waits already makes the next one wait longer', () => {
  const budget = new RestartBudget();
  const waits = Array.from({ length: 11 }, () => budget.take(0));
  expect(waits).toEqual([0, 0, 0, 0, 0, 10_000, 10_000, 10_000, 10_000, 10_000, 20_000]);
});
