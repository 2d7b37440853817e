import type { PersonId } from './directory.ts';

/** What pages read. Times are ISO texts, amounts whole cents. */
export interface SessionView {
  readonly person: PersonView & { readonly email: string };
  /** Everybody one can be. */
  readonly people: readonly PersonView[];
  readonly freeUpToCents: number;
  /** Whether the person has a phone that signs. */
  readonly hasPhone: boolean;
}

export interface PersonView {
  readonly id: PersonId;
  readonly name: string;
  readonly firstName: string;
}

export interface AccountView {
  readonly id: string;
  readonly name: string;
  readonly iban: string;
  readonly balanceCents: number;
  readonly closedAt: string | null;
}

export interface PaymentView {
  readonly id: string;
  readonly bookedAt: string;
  /** Whom the money went to, or came from. */
  readonly counterparty: { readonly name: string; readonly iban: string | null };
  readonly reference: string;
  /** Negative when it left the account whose history this is. */
  readonly amountCents: number;
  /** By which it was authorized; null when nobody had to be asked. */
  readonly authorizationRequestId: string | null;
}

export interface RecipientView {
  readonly name: string;
  readonly iban: string;
  /** The name of one's own account; null for somebody else's. */
  readonly ownAccount: string | null;
}

/** What was used, as the receipt says it. */
export interface AuthorizationView {
  readonly id: string;
  readonly dataHash: string;
  readonly binding: 'none' | 'server' | 'cryptographic';
  readonly grantedAt: string;
  readonly consumedAt: string;
}

export interface TransferView {
  readonly payment: PaymentView;
  /** The account it left, as it is now. */
  readonly account: AccountView;
  readonly authorization: AuthorizationView | null;
}

export interface PhoneView {
  readonly subjectId: PersonId;
  readonly name: string;
  /** The id of the device's factor; null when the person has no phone. */
  readonly deviceId: string | null;
  /** What it calls itself: a phone that is called something else has been replaced. */
  readonly uuid: string | null;
}

export interface CodeView {
  readonly title: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Of the first line, counted from 1. */
  readonly line: number;
  readonly text: string;
}
