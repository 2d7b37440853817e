import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultLimits, requestDefaults } from '../packages/core/src/limits.ts';
import { listTestTitles } from './test-titles.ts';

const text = readFileSync('docs/threat-model.md', 'utf8');

/** Every `file.test.ts` “title”, “title” of the document. */
function namedTests(document: string): { file: string; title: string }[] {
  return [...document.matchAll(/`([^`\s]+\.test\.ts)`((?:,?\s+“[^”]+”)+)/g)].flatMap(
    ([, file = '', titles = '']) =>
      [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ file, title })),
  );
}

/** What the document names and no test is called. */
function missingTests(document: string): string[] {
  return namedTests(document)
    .filter(({ file, title }) => !existsSync(file) || !titlesOf(file).includes(title))
    .map(({ file, title }) => `${file} has no test “${title}”`);
}

function titlesOf(file: string): string[] {
  return listTestTitles(file, readFileSync(file, 'utf8'));
}

/** The numbers that have a row, or a place in a list of those that have none. */
function placed(prefix: string): number[] {
  const rows = [...text.matchAll(/^\| (I?)(\d+) \|/gm)];
  const lists = [...text.matchAll(/^- ((?:I?\d+(?:, )?)+):/gm)].flatMap(([, list = '']) => [
    ...list.matchAll(/(I?)(\d+)/g),
  ]);
  const own = [...rows, ...lists].filter(([, letter]) => letter === prefix);
  return own.map(([, , number]) => Number(number)).sort((a, b) => a - b);
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('docs/threat-model.md', () => {
  it('names tests that exist', () => {
    expect(namedTests(text).length).toBeGreaterThan(80);
    expect(missingTests(text)).toEqual([]);
  });

  it('names a test wherever it names a test file', () => {
    const files = [...text.matchAll(/`packages\/[^`\s]+\.test\.ts`/g)].length;
    const named = [...text.matchAll(/`packages\/[^`\s]+\.test\.ts`(?=\s+“)/g)].length;
    expect(named).toBe(files);
  });

  it('has a place for every promise and every bug of the list, once', () => {
    expect(placed('I')).toEqual(upTo(20));
    expect(placed('')).toEqual(upTo(51));
  });

  it('gives the odds that follow from the limits', () => {
    const live = 2; // the newest code and the one before
    const { attemptsMax } = requestDefaults;
    const { wrongProofsPerDayMax, consecutiveWrongMax, consecutiveWrongFree } = defaultLimits;
    const oneIn = (guesses: number, digits: number): string =>
      `1 in ${(10 ** digits / (guesses * live)).toLocaleString('en-US')}`;
    const inAYear = (digits: number): string =>
      `${Number(((365 * wrongProofsPerDayMax * live * 100) / 10 ** digits).toPrecision(3))} %`;
    let seconds = 0;
    for (let guess = consecutiveWrongFree; guess < wrongProofsPerDayMax; guess += 1) {
      const wait = defaultLimits.waitSeconds * 2 ** (guess - consecutiveWrongFree);
      seconds += Math.min(wait, defaultLimits.waitSecondsMax);
    }
    const sentences = [
      `${oneIn(attemptsMax, 6)} by SMS`,
      `${oneIn(attemptsMax, 8)} by e-mail`,
      `${oneIn(wrongProofsPerDayMax, 6)} a day by SMS, ${oneIn(wrongProofsPerDayMax, 8)} by e-mail`,
      `${oneIn(consecutiveWrongMax, 6)} by SMS`,
      `at least ${Math.floor(seconds / 3600)} hours`,
      `${inAYear(6)} by SMS and ${inAYear(8)} by e-mail`,
    ];
    const flowing = text.replaceAll(/\s+/g, ' ');
    expect(sentences.filter((sentence) => !flowing.includes(sentence))).toEqual([]);
  });
});

describe('a named test is noticed as missing when', () => {
  const file = 'scripts/threat-model.test.ts';
  it('there is no such title, or no such file', () => {
    const own = `\`${file}\` “docs/threat-model.md › names tests that exist”`;
    expect(missingTests(own)).toEqual([]);
    expect(missingTests(`${own}, “gone”; \`scripts/gone.test.ts\` “gone too”`)).toEqual([
      `${file} has no test “gone”`,
      'scripts/gone.test.ts has no test “gone too”',
    ]);
  });

  it('the test is skipped, or its title is a variable', () => {
    const source = `
      describe('a', () => { it('b', f); it.each(x)('%s c', f); it(\`d \${e}\`, f); it.skip('never', f); it(name, f); });
      test.todo('later'); test.query('no test'); it.skipIf(y)('f', g);`;
    expect(listTestTitles('a.ts', source)).toEqual(['a › b', 'a › %s c', 'a › d …', 'f']);
  });
});
