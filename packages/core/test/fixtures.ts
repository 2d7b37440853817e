import type { AuthorizationRequestView, CreateInput } from '../src/authorization-request/schema.ts';
import type { TestCore } from '../testing/index.ts';

/** A request for a transfer by Ada, with a code sent to her; anything may be said otherwise. */
export async function createTransfer(
  test: TestCore,
  changes: Partial<CreateInput> = {},
): Promise<AuthorizationRequestView> {
  return await test.core.authorizationRequest.create(test.service, {
    slug: 'transfer',
    subjectId: 'ada',
    data: transferData,
    title: 'Transfer money',
    facts: [{ label: 'Amount', value: '€ 2,500.00' }],
    deliverTo: { channel: 'email', address: address(changes.subjectId ?? 'ada') },
    ...changes,
  });
}

export const transferData = { to: 'GB29', amountCents: 250_000 };

export function address(subjectId: string): string {
  return `${subjectId}@example.org`;
}

/** The newest code of a subject, as a proof. */
export function rightProof(test: TestCore, subjectId = 'ada') {
  return { method: 'otp', code: test.outbox.codeFor(address(subjectId)) };
}

/** A well-formed code that was never sent to the subject. */
export function wrongProof(test: TestCore, subjectId = 'ada') {
  const sent = new Set(
    test.outbox.messages.filter(({ to }) => to === address(subjectId)).map(({ code }) => code),
  );
  const code = ['00000000', '11111111', '22222222', '33333333', '44444444'].find(
    (candidate) => !sent.has(candidate),
  );
  return { method: 'otp', code: code ?? '55555555' };
}

/** What a refusal must look like. */
export function refusal(reason: string, details?: Record<string, unknown>) {
  return details ? { name: 'CountersignError', reason, details } : { name: 'CountersignError', reason };
}
