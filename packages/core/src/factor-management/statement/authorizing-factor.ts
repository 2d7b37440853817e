import { statement } from '../../database/statement.ts';

/** The factor whose proof granted a request. */
export const authorizingFactor = statement<
  { readonly requestId: string },
  { readonly factor_id: string | null }
>('factor_authorizing', `SELECT p.factor_id FROM countersign.proof p WHERE p.request_id = :requestId::uuid`);
