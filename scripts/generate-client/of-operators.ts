import { datesText } from './dates-text.ts';
import { describedProcedures } from './described-procedures.ts';

/** What only operators call: no page waits for it, and their console asks for it once. */
export const operatorGroups: readonly string[] = ['operator', 'serviceKey', 'webhook'];

export function isOfOperators(group: string): boolean {
  return operatorGroups.includes(group);
}

/** The constants of dates that only their procedures mention. */
export function datesOfOperators(): ReadonlySet<string> {
  const mentionedBy = (isWanted: (group: string) => boolean) =>
    describedProcedures
      .filter(({ group }) => isWanted(group))
      .flatMap(({ output, path }) => datesText(output, path)?.mentions ?? []);
  const byOthers = new Set(mentionedBy((group) => !isOfOperators(group)));
  return new Set(mentionedBy(isOfOperators).filter((name) => !byOthers.has(name)));
}
