import { inProcess, type InProcessOptions } from '../in-process/open.ts';
import { moment } from '../moment.ts';
import { table } from '../table.ts';
import { answer, answerJson, note } from '../tell.ts';

/** `countersign keys`: makes none, and needs no key to be readable. */
export async function list(options: InProcessOptions): Promise<void> {
  const keys = await inProcess(options, ({ core, operator }) => core.scopedToken.listKeys(operator));
  if (options.json) return answerJson({ keys });
  if (keys.length === 0) return note('There are none yet: the first token makes them.');
  answer(
    table(
      ['kid', 'state', 'created', 'mints since', 'gone at'],
      keys.map(({ kid, state, createdAt, activeAt, endsAt }) => [
        kid,
        state,
        moment(createdAt),
        moment(activeAt),
        moment(endsAt),
      ]),
    ),
  );
}
