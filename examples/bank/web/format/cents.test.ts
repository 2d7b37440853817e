import { expect, it } from 'vitest';
import { centsOf } from './cents.ts';

it.each([
  ['2500', 250_000],
  ['2,500.00', 250_000],
  ['2.500,00', 250_000],
  ['€ 2,500', 250_000],
  ['2.5', 250],
  ['2,05', 205],
  ['0.01', 1],
])('reads an amount as a person writes it: %s', (text, cents) => {
  expect(centsOf(text)).toBe(cents);
});

it.each([
  '',
  '0',
  '-5',
  '0.001',
  '0,100',
  '1e3',
  '2,50,00',
  '1.234.5678',
  '12 apples',
  '99999999999999999999',
])('takes nothing for an amount that is none: %s', (text) => {
  expect(centsOf(text)).toBeNull();
});
