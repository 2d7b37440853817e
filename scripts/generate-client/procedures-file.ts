import { datesText } from './dates-text.ts';
import { describedProcedures } from './described-procedures.ts';
import { sourceText } from './source-text.ts';

const declared = `/** What a call must know of a procedure when it runs. */
export interface Procedure {
  readonly type: 'query' | 'mutation' | 'subscription';
  /** Carries a proof: never behind another call in a batch. */
  readonly proof?: true;
  /** Where dates stand in what it answers, or in each thing that it yields. */
  readonly dates?: Dates;
}`;

/** packages/client/src/generated/procedures.ts: the table that the client works through. */
export async function proceduresFile(): Promise<string> {
  const entries = describedProcedures.map(({ path, group, verb, type, takesProof, output }) => {
    const dates = datesText(output, path);
    const proof = takesProof ? ', proof: true' : '';
    const where = dates === undefined ? '' : `, dates: ${dates.text}`;
    return { group, text: `${verb}: { type: '${type}'${proof}${where} },`, mentions: dates?.mentions ?? [] };
  });
  const used = [...new Set(entries.flatMap(({ mentions }) => mentions))].sort();
  const groups = [...Map.groupBy(entries, ({ group }) => group)].map(
    ([group, members]) => `${group}: {\n${members.map(({ text }) => text).join('\n')}\n},`,
  );
  return await sourceText('procedures.ts', [
    `import { ${[...used, 'type Dates'].join(', ')} } from './dates.ts';`,
    declared,
    `/** Every procedure of the router, by its path. */\nexport const procedures = {\n${groups.join('\n')}\n} as const satisfies Record<string, Record<string, Procedure>>;`,
  ]);
}
