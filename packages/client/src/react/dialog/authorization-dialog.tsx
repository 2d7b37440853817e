import { useEffect, useState, type ReactNode } from 'react';
import { addChallengeHandler } from '../../authorization/challenge-handlers.ts';
import { useCountersignClient } from '../provider.tsx';
import { createCeremony, type Ceremony } from './ceremony.ts';
import { CeremonyDialog } from './ceremony-dialog.tsx';
import { defaultMessages, type DialogMessages } from './messages.ts';
import type { ProofSlot } from './proof-props.ts';
import { useStylesheet } from './stylesheet.ts';

export interface AuthorizationDialogProps {
  /** Texts in place of the English ones. */
  readonly messages?: Partial<DialogMessages> | undefined;
  /** How one proves by methods of your own, by their keys. Without: one field, answered as `{ method, code }`. */
  readonly methods?: Readonly<Record<string, ProofSlot>> | undefined;
  /** Default: as the person's system. */
  readonly colorScheme?: 'light' | 'dark' | 'light dark' | undefined;
  /** For a policy of `style-src 'nonce-…'`. */
  readonly nonce?: string | undefined;
  /** False: it comes without any style, for a stylesheet of your own. */
  readonly styles?: boolean | undefined;
}

const noSlots = {};

/**
 * Asks the person whenever a call of this client waits for an authorization, one after the other. What it shows as
 * authorized, title and facts, is the server's; never anything of the page.
 *
 * It belongs near the root, once: when it is unmounted, what it asks for is called off.
 *
 * @example
 * ```tsx
 * <CountersignProvider client={client}>
 *   <App />
 *   <AuthorizationDialog messages={{ authorize: 'Send the money' }} />
 * </CountersignProvider>
 * ```
 */
export function AuthorizationDialog({
  messages,
  methods = noSlots,
  colorScheme = 'light dark',
  nonce,
  styles = true,
}: AuthorizationDialogProps): ReactNode {
  const client = useCountersignClient();
  const [ceremonies, setCeremonies] = useState<readonly Ceremony[]>([]);
  useStylesheet(styles, nonce);
  useEffect(() => {
    const open = new Set<Ceremony>();
    const show = (): void => setCeremonies([...open]);
    const remove = addChallengeHandler(client, (pending) => {
      const ceremony = createCeremony(client, pending, () => {
        open.delete(ceremony);
        show();
      });
      open.add(ceremony);
      show();
    });
    return () => {
      remove();
      for (const ceremony of open) ceremony.abandon();
    };
  }, [client]);

  const [shown] = ceremonies;
  if (!shown) return null;
  return (
    <CeremonyDialog
      key={shown.id}
      ceremony={shown}
      messages={{ ...defaultMessages, ...messages }}
      slots={methods}
      colorScheme={colorScheme}
    />
  );
}
