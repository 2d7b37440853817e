import type { Bank } from '../bank.ts';
import type { PersonId } from '../directory.ts';
import { Keepsake, type KeepsakeKind } from '../entities.ts';
import { seal, unseal } from '../seal.ts';

/** What a factor has shown once, for whoever plays the person. */
export interface Kept {
  readonly factorId: string;
  readonly text: string;
}

const about = (person: PersonId, kind: KeepsakeKind, factorId: string) => `${kind} ${person} ${factorId}`;

/** In place of what was kept before, whose factor ends: nobody can show it any more. */
export async function keep(
  { orm, key, service }: Bank,
  person: PersonId,
  kind: KeepsakeKind,
  { factorId, text }: Kept,
): Promise<void> {
  const em = orm.em.fork();
  const before = await em.findOne(Keepsake, { person, kind });
  const sealed = seal(key, about(person, kind, factorId), text);
  await em.fork().upsert(Keepsake, { person, kind, factorId, sealed });
  const owned = await service.factor.list({ subjectId: person });
  const old = owned.find(({ id }) => id === before?.factorId && id !== factorId);
  if (old !== undefined) await service.factor.remove({ id: old.id });
}

/** Null when there is nothing, or nothing that this server's secret opens. */
export async function keptBy({ orm, key }: Bank, person: PersonId, kind: KeepsakeKind): Promise<Kept | null> {
  const found = await orm.em.fork().findOne(Keepsake, { person, kind });
  if (found === null) return null;
  const { factorId, sealed } = found;
  const text = unseal(key, about(person, kind, factorId), sealed);
  return text === null ? null : { factorId, text };
}
