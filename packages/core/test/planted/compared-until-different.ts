/**
 * Bug 33: secrets compared with `===`, which stops at the first difference. How far it came can be measured
 * from outside by its time; here it says so itself.
 */
export function comparedUntilDifferent(given: string, expected: string): { equal: boolean; steps: number } {
  if (given.length !== expected.length) return { equal: false, steps: 0 };
  for (let index = 0; index < given.length; index += 1)
    if (given[index] !== expected[index]) return { equal: false, steps: index + 1 };
  return { equal: true, steps: given.length };
}
