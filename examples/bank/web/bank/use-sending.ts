import { createAuthorizer, type AuthorizationRequest } from '@countersign/client';
import { useEffect, useRef, useState } from 'react';
import { onAsked } from './asked.ts';
import { bank, client } from './bank.ts';
import { keep, kept } from './kept.ts';
import { refreshMoney } from './queries.ts';
import { isUnderway, type Transfer } from './transfer.ts';
import { wordsOf, type Words } from './words.ts';

/** How far a transfer is. `request` is null where nobody had to be asked. */
export type Sending =
  | { readonly step: 'ready' }
  | { readonly step: 'sending' | 'waiting'; readonly transfer: Transfer }
  | { readonly step: 'sent'; readonly transfer: Transfer; readonly request: AuthorizationRequest | null }
  | { readonly step: 'stopped'; readonly transfer: Transfer; readonly words: Words };

const key = 'underway';
const authorizer = createAuthorizer({ client });

/**
 * Sends money, and goes on with it after a reload: what is kept is the transfer and the id of its request. The call
 * carries nothing of the authorization, so once that is granted it is made again as it was.
 */
export function useSending() {
  const [before] = useState(() => kept(key, isUnderway));
  const [sending, setSending] = useState<Sending>(
    before === null ? { step: 'ready' } : { step: 'waiting', transfer: before.transfer },
  );

  async function make(transfer: Transfer): Promise<AuthorizationRequest | null> {
    const { authorization } = await bank.transfer.mutate(transfer);
    return authorization && (await client.authorizationRequest.get({ id: authorization.id }));
  }

  async function settle(transfer: Transfer, work: () => Promise<AuthorizationRequest | null>): Promise<void> {
    try {
      const request = await work();
      setSending({ step: 'sent', transfer, request });
    } catch (error) {
      setSending({ step: 'stopped', transfer, words: wordsOf(error) });
    }
    keep(key, null);
    await refreshMoney();
  }

  // What waits is what was asked, whatever stands in the form by then.
  useEffect(
    () =>
      onAsked(({ id: requestId, slug, data }) => {
        const underway = { transfer: data, requestId };
        if (slug !== 'transfer' || !isUnderway(underway)) return;
        keep(key, underway);
        setSending({ step: 'waiting', transfer: underway.transfer });
      }),
    [],
  );

  async function send(transfer: Transfer): Promise<void> {
    setSending({ step: 'sending', transfer });
    await settle(transfer, () => make(transfer));
  }

  const isResumed = useRef(false);
  useEffect(() => {
    if (before === null || isResumed.current) return;
    isResumed.current = true;
    const { transfer, requestId } = before;
    void settle(transfer, async () => {
      const granted = await authorizer.resume(requestId);
      // It may have been executed just before the page went.
      return granted.consumedAt === null ? await make(transfer) : granted;
    });
  });

  return { sending, send, clear: () => setSending({ step: 'ready' }) };
}
