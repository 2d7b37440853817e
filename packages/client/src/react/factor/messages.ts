import type { Factor, Method } from '../../generated/schema.ts';
import { problemOf } from './problem.ts';

const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

/** Every word of FactorList and FactorEnrolment. Give those that are to be other ones; the rest stay. */
export const factorMessages = {
  /** Why something was refused, in words for the person. */
  problem: (error: unknown): string => problemOf(error),
  asking: 'Waiting for you to authorize it…',
  tryAgain: 'Try again',
  cancel: 'Cancel',
  back: 'Back',

  listTitle: 'How you confirm',
  loading: 'Loading…',
  none: 'There is nothing yet that you can confirm with.',
  isDefault: 'Asked first',
  isUnfinished: 'Not finished',
  isInactive: 'Switched off',
  lastUsed: (when: Date): string => `Last used ${day.format(when)}`,
  neverUsed: (addedAt: Date): string => `Added ${day.format(addedAt)}, never used`,
  makeDefault: 'Ask first',
  rename: 'Rename',
  renameLabel: 'New name',
  save: 'Save',
  remove: 'Remove',
  keep: 'Keep',
  /** What stands beside a button for whoever does not see the line that it is in. */
  of: (action: string, { title }: Factor): string => `${action}: ${title}`,
  removing: ({ title }: Factor): string => `Remove “${title}”? It confirms nothing any more, from now on.`,
  removingLast:
    'It is the last one: without it you can authorize nothing, and cannot add another one by yourself.',

  enrolTitle: 'Add a way to confirm',
  chooseNone: 'There is nothing to add here.',
  about: ({ key }: Method): string => abouts[key] ?? '',
  deviceNote: 'A phone is added in its own app, and then appears in your list by itself.',
  name: 'Name',
  nameHint: 'So that you know it again. You may leave it empty.',
  begin: 'Continue',
  confirm: 'Confirm',
  code: 'Code',
  wrongCode: 'Not this one. Look at it again, and mind that a code is over after a while.',
  codeSent: (hint: string | null): string =>
    hint === null ? 'Type the code that was sent to you.' : `Type the code that was sent to ${hint}.`,
  copy: 'Copy',
  copied: 'Copied',
  unsupported: 'This cannot be filled in here.',
  lost: 'What was to be shown here was lost on the way, and is shown only once. Please begin anew.',

  channel: 'How should codes arrive?',
  channels: { email: 'E-mail', sms: 'SMS' } as Readonly<Record<string, string>>,
  addresses: { email: 'E-mail address', sms: 'Phone number' } as Readonly<Record<string, string>>,
  addressHints: { sms: 'With its country code: +44 7700 900123' } as Readonly<Record<string, string>>,

  scan: 'Scan this with your app, then type the six digits that it shows.',
  qrCode: 'The QR code for your authenticator app',
  openApp: 'Open the app on this device',
  cannotScan: 'No camera? Type this key into the app:',

  passkey: 'Your browser will ask for your fingerprint, your face or your PIN.',
  createPasskey: 'Create the passkey',
  passkeyUnsupported: 'This browser cannot create passkeys.',
  passkeyExists: 'There is a passkey for you on this device already.',
  passkeyNotMade: 'No passkey was created. You can try again.',
  passkeyRefused: 'This passkey was not accepted. Try again, or begin anew.',

  recovery:
    'Print these codes, or keep them where you will find them when your phone is gone. Each works once. They are shown now and never again.',
  recoveryReplaces: 'The codes that you had so far work no more.',
  recoveryCodes: 'Recovery codes',
  recoveryFile: 'recovery-codes.txt',
  download: 'Download',
  print: 'Print',
  stored: 'I have stored them',
  finish: 'Done',

  doneTitle: ({ title }: Factor): string => `“${title}” is ready`,
  done: 'From now on you can confirm with it.',
  addAnother: 'Add another one',
};

const abouts: Readonly<Record<string, string>> = {
  passkey: 'Your fingerprint, your face or the PIN of this device.',
  totp: 'An app on your phone that shows a new code every half a minute.',
  otp: 'A code each time, by e-mail or SMS.',
  'recovery-code': 'Ten codes on paper, for the day when everything else is gone.',
};

export type FactorMessages = typeof factorMessages;
