/**
 * The bank's router, at `/bank/trpc`: tRPC 11 over HTTP, batches of up to ten calls, no transformer. Times are ISO
 * texts, amounts whole cents; a cookie that no script reads names the session. Countersign's own procedures are beside
 * it at `/trpc`, for the token of `session.token`.
 *
 * | procedure | input | output |
 * |---|---|---|
 * | `session.open` M | none | `SessionView`; begins one as Ada where there is none, so a page calls it first |
 * | `session.switch` M | `{ person }` | `SessionView`; ends the session before and what was issued to it |
 * | `session.token` M | none | `{ token, expiresAt }`: for the client of Countersign, 15 minutes |
 * | `accounts` Q | none | `AccountView[]`; a closed one has `closedAt` |
 * | `history` Q | `{ account, cursor?, limit? }` | `{ items: PaymentView[], nextCursor }`, newest first, 30 at a time |
 * | `recipients` Q | none | `RecipientView[]`: all to whom `transfer` can send, own accounts too |
 * | `transfer` M guarded | `{ from, to, amountCents, reference }` | `TransferView`; `from` an account's id, `to` an IBAN |
 * | `changeEmail` M guarded | `{ email }` | `{ email, authorization }` |
 * | `closeAccount` M guarded | `{ account, payOutTo, balanceCents }` | `{ account: AccountView, authorization }`; two ids |
 * | `cheat.consume` M | `{ id, amountCents? }` | `{ refused, message, approvedHash, triedHash }`: uses the approval of a transfer (again), with another amount if given; `refused` is the reason, nothing is ever executed |
 * | `code.guarded` Q | none | `CodeView[]`: the lines that guard the transfer, from the files that run |
 * | `phone.owner` Q | `{ person? }` | `PhoneView` |
 * | `phone.pair` M | `{ person?, uuid, publicKey, name? }` | `PhoneView` with `deviceId`; replaces the phone before |
 * | `phone.authenticator` Q | `{ person? }` | `{ uri }`: `otpauth://totp/…`, from which the phone makes its codes |
 * | `demo.reset` M | none | `{ reset: true }`: everything as at the first start; sessions and phones stay |
 *
 * A guarded call without a grant is refused by 428, `data.reason: 'authorization_required'`, with
 * `data.authorizationRequest`. What the bank itself refuses has a sentence in `message` and a tRPC code: CONFLICT (not
 * enough money, another balance, a closed account), BAD_REQUEST, NOT_FOUND, UNAUTHORIZED (call `session.open` again).
 *
 * A transfer of up to `SessionView.freeUpToCents` is not guarded: its `authorization` is null. Which proofs will do:
 * `transfer` any that the person has, a recovery code too; `changeEmail` one that is bound to the data (phone, passkey,
 * e-mail); `closeAccount` a cryptographic one (phone, passkey): with neither it is refused as `method_unavailable`.
 *
 * Pages are built from `web/index.html`, `web/phone.html` and `web/split.html`, served at `/`, `/phone` and `/split`,
 * their files below `/bank/assets/`. Scripts and styles are files or carry Vite's nonce (`html.cspNonce`, also in its
 * `<meta property="csp-nonce">`): no style attribute in HTML, no `eval`. A page may be framed by another of ours.
 * `/inbox/messages` also has letters: `channel: 'post'`, `to` a name, `code` empty, and the whole letter in `text`.
 */
import type { Bank } from './bank.ts';
import { accounts } from './procedures/accounts.ts';
import { createChangeEmail } from './procedures/change-email.ts';
import { createCheatRouter } from './procedures/cheat.ts';
import { createCloseAccount } from './procedures/close-account.ts';
import { createCodeRouter } from './procedures/code.ts';
import { createDemoRouter } from './procedures/demo.ts';
import { history } from './procedures/history.ts';
import { createPhoneRouter } from './procedures/phone.ts';
import { recipients } from './procedures/recipients.ts';
import { createSessionRouter } from './procedures/session.ts';
import { createTransfer } from './procedures/transfer.ts';
import type { SourceRegion } from './source-region.ts';
import { t } from './trpc.ts';

export function createAppRouter(bank: Bank, guarded: readonly SourceRegion[]) {
  return t.router({
    session: createSessionRouter(bank),
    accounts,
    history,
    recipients,
    transfer: createTransfer(bank),
    changeEmail: createChangeEmail(bank),
    closeAccount: createCloseAccount(bank),
    cheat: createCheatRouter(bank),
    code: createCodeRouter(guarded),
    phone: createPhoneRouter(bank),
    demo: createDemoRouter(bank),
  });
}

export type BankRouter = ReturnType<typeof createAppRouter>;
