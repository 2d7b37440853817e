/** What is sent: the input of the bank's procedure, which is what is authorized. */
export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amountCents: number;
  readonly reference: string;
}

/** A transfer that waits for its authorization. */
export interface Underway {
  readonly transfer: Transfer;
  readonly requestId: string;
}

export function isUnderway(value: unknown): value is Underway {
  const { transfer, requestId } = (value ?? {}) as Partial<Underway>;
  return typeof requestId === 'string' && typeof transfer?.amountCents === 'number';
}

/** What the form holds: texts, as they are written. */
export interface Draft {
  readonly from: string;
  readonly to: string;
  readonly amount: string;
  readonly reference: string;
}

export function isDraft(value: unknown): value is Draft {
  const draft = (value ?? {}) as Partial<Draft>;
  return [draft.from, draft.to, draft.amount, draft.reference].every((text) => typeof text === 'string');
}
