import type { Bank } from '../bank.ts';
import { people, type PersonId } from '../directory.ts';
import { keep, keptBy, type Kept } from './keepsakes.ts';

const triesMax = 5;

/**
 * The recovery codes of a person: made once, and sent in a letter. The inbox forgets, so the same letter is there again
 * at each start, as long as its codes are those in force.
 */
export async function keepLetter(bank: Bank, subjectId: PersonId): Promise<void> {
  const { service, send } = bank;
  const kept = (await keptBy(bank, subjectId, 'recovery-code')) ?? (await makeLetter(bank, subjectId));
  const owned = await service.factor.list({ subjectId });
  if (!owned.some(({ id }) => id === kept.factorId)) return;
  await send({
    to: people[subjectId].name,
    channel: 'post',
    text: kept.text,
    code: '',
    request: null,
    context: null,
    idempotencyKey: `letter-${kept.factorId}`,
  });
}

async function makeLetter(bank: Bank, subjectId: PersonId): Promise<Kept> {
  const { factor, setup } = await makeCodes(bank, subjectId, triesMax);
  const { codes } = setup as { readonly codes: readonly string[] };
  const made = { factorId: factor.id, text: letter(people[subjectId].firstName, codes) };
  await keep(bank, subjectId, 'recovery-code', made);
  return made;
}

/** Ten slow hashes may take longer than a method is given, on a machine that is busy. */
async function makeCodes({ service }: Pick<Bank, 'service'>, subjectId: PersonId, triesLeft: number) {
  const wanted = { subjectId, methodId: 'recovery-code', title: 'Letter with recovery codes' };
  try {
    return await service.factor.create(wanted);
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (triesLeft === 1 || code !== 'SERVICE_UNAVAILABLE') throw error;
    return await makeCodes({ service }, subjectId, triesLeft - 1);
  }
}

function letter(firstName: string, codes: readonly string[]): string {
  return [
    `Dear ${firstName},`,
    '',
    'here are your recovery codes. Each of them works once. Keep them where you keep your passport, and far from your phone.',
    '',
    ...codes.map((code, index) => `${String(index + 1).padStart(2)}  ${code}`),
    '',
    'Your Acme Bank',
  ].join('\n');
}
