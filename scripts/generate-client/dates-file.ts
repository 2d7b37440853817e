import { everyNamedDates } from './dates-text.ts';
import { datesOfOperators } from './of-operators.ts';
import { camelCase } from './names.ts';
import { sourceText } from './source-text.ts';

const declared = `/**
 * Where dates stand in a value: \`true\` is a date, a list of one says so of each item, an object of what is
 * below its keys. A key that is not named holds none.
 */
export type Dates = true | readonly [Dates] | { readonly [key: string]: Dates };`;

const ofErrors = `/** In \`data\` of an error. */
export const errorData = { details: { retryAt: true }, authorizationRequest } as const satisfies Dates;`;

/** packages/client/src/generated/dates.ts: what to revive, whatever carried it. */
export async function datesFile(): Promise<string> {
  const elsewhere = datesOfOperators();
  const constants = datesConstants((name) => !elsewhere.has(name));
  return await sourceText('dates.ts', [declared, ...constants, ofErrors]);
}

/** The dates of named schemas as constants. */
export function datesConstants(isWanted: (name: string) => boolean): string[] {
  return everyNamedDates()
    .filter(([name]) => isWanted(camelCase(name)))
    .map(([name, { text }]) => `export const ${camelCase(name)} = ${text} as const satisfies Dates;`);
}
