import { datesConstants } from './dates-file.ts';
import { datesText } from './dates-text.ts';
import { describedProcedures } from './described-procedures.ts';
import { datesOfOperators, isOfOperators, operatorGroups } from './of-operators.ts';
import { importTypes, sourceText } from './source-text.ts';

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
  const { mentions, table } = tableOf((group) => !isOfOperators(group));
  return await sourceText('procedures.ts', [
    `import { ${[...mentions, 'type Dates'].join(', ')} } from './dates.ts';`,
    declared,
    `/** Every procedure of the router but those of operators, by its path. */\nexport const procedures = ${table};`,
    `/** Their procedures are in a table of their own, which is loaded when it is asked for. */\nexport const operatorRouters = [${operatorGroups.map((group) => `'${group}'`).join(', ')}] as const;`,
  ]);
}

/** packages/client/src/generated/operator-procedures.ts: the same for operators, loaded on demand. */
export async function operatorProceduresFile(): Promise<string> {
  const { table } = tableOf(isOfOperators);
  const own = datesOfOperators();
  return await sourceText('operator-procedures.ts', [
    importTypes(['Dates'], './dates.ts')[0] ?? '',
    importTypes(['Procedure'], './procedures.ts')[0] ?? '',
    ...datesConstants((name) => own.has(name)).map((text) => text.replace('export ', '')),
    `/** Every procedure of operators, by its path. */\nexport const operatorProcedures = ${table};`,
  ]);
}

function tableOf(isWanted: (group: string) => boolean) {
  const entries = describedProcedures
    .filter(({ group }) => isWanted(group))
    .map(({ path, group, verb, type, takesProof, output }) => {
      const dates = datesText(output, path);
      const proof = takesProof ? ', proof: true' : '';
      const where = dates === undefined ? '' : `, dates: ${dates.text}`;
      return {
        group,
        text: `${verb}: { type: '${type}'${proof}${where} },`,
        mentions: dates?.mentions ?? [],
      };
    });
  const used = [...new Set(entries.flatMap(({ mentions }) => mentions))].sort();
  const groups = [...Map.groupBy(entries, ({ group }) => group)].map(
    ([group, members]) => `${group}: {\n${members.map(({ text }) => text).join('\n')}\n},`,
  );
  return {
    mentions: used,
    table: `{\n${groups.join('\n')}\n} as const satisfies Record<string, Record<string, Procedure>>`,
  };
}
