import type { ReactNode } from 'react';
import type { AuthorizationRequest, Challenge } from '../../generated/schema.ts';
import type { CeremonyView } from './ceremony-view.ts';
import type { Ceremony } from './ceremony.ts';
import type { DialogMessages } from './messages.ts';

/** What the proof of a method of your own is made with. */
export interface ProofProps {
  readonly request: AuthorizationRequest;
  readonly challenge: Challenge | null;
  /** A proof is being judged, or a challenge is on its way. */
  readonly isBusy: boolean;
  /** Presents a proof: `{ code: '…' }`, whatever the schema of the method says; `method` is added. */
  readonly prove: (proof: Readonly<Record<string, unknown>>) => void;
  /** Asks once more. */
  readonly ask: () => void;
}

/** How a person proves by a method of your own, in place of the one field for a code. */
export type ProofSlot = (props: ProofProps) => ReactNode;

/** What each built-in way is shown with. */
export interface WayProps {
  readonly method: string;
  readonly view: CeremonyView;
  readonly ceremony: Ceremony;
  readonly messages: DialogMessages;
  /** Of the sentence about the last answer. */
  readonly noticeId: string;
}
