/**
 * Every text of the dialog. Give those that are to be other ones, in another language or another tone; the rest stay.
 * Values of the request itself come from the server, in the locale that it was asked in.
 */
export interface DialogMessages {
  /** Above the title: what this window is. */
  readonly heading: string;
  readonly timeLeftLabel: string;
  /** Beside the title; every second. */
  readonly timeLeft: (seconds: number) => string;
  /** Read out at two minutes, one minute, 30 and 10 seconds. */
  readonly timeLeftSpoken: (seconds: number) => string;
  readonly moreTime: string;
  readonly extended: (isSent: boolean) => string;
  readonly cancel: string;
  readonly close: string;
  readonly notMe: string;
  readonly leaving: string;
  readonly offline: string;

  readonly chooseWay: string;
  readonly otherWays: string;
  /** The names of your own methods go here, too; `defaultMessages.wayTitle` knows ours. */
  readonly wayTitle: (method: string) => string;
  readonly wayHint: (method: string) => string | null;

  readonly codeLabel: (method: string) => string;
  /** `address` is masked. */
  readonly sentTo: (address: string) => string;
  readonly authorize: string;
  readonly working: string;
  readonly send: string;
  readonly sendAgain: string;
  readonly sendAgainIn: (seconds: number) => string;
  readonly sentAgain: string;
  readonly sentOut: string;

  readonly passkeyStart: string;
  readonly passkeyWaiting: string;
  readonly calledOff: string;

  readonly deviceHint: string;
  readonly deviceDigits: string;
  readonly deviceWaiting: string;
  readonly deviceAsk: string;
  readonly deviceAskAgain: string;

  readonly wrong: (attemptsLeft: number) => string;
  readonly malformed: string;
  readonly locked: (retryAt: Date | null) => string;
  readonly askedTooOften: (retryAt: Date | null) => string;
  readonly notDelivered: string;
  readonly wayGone: string;
  readonly failed: string;

  readonly grantedTitle: string;
  readonly deniedTitle: string;
  /** `reason` is the request's: `declined`, `not_me`, `attempts_exhausted`; `isDisowned`: here it was said "not me". */
  readonly deniedText: (reason: string | null, isDisowned: boolean) => string;
  readonly expiredTitle: string;
  readonly expiredText: string;
}

const ways: Readonly<Record<string, readonly [title: string, hint: string]>> = {
  otp: ['Code by message', 'We send you a one-time code'],
  totp: ['Authenticator app', 'The six digits it shows now'],
  passkey: ['Passkey', 'Your fingerprint, face or PIN'],
  device: ['Your phone', 'Approve it on your registered device'],
  'recovery-code': ['Recovery code', 'One that you have kept and not used yet'],
};

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
const from = (retryAt: Date | null): string =>
  retryAt ? `after ${retryAt.toLocaleTimeString([], { timeStyle: 'medium' })}` : 'later';

export const defaultMessages: DialogMessages = {
  heading: 'Authorization needed',
  timeLeftLabel: 'Time left',
  timeLeft: clock,
  timeLeftSpoken: (seconds) =>
    seconds >= 60 ? `${counted(seconds / 60, 'minute')} left` : `${counted(seconds, 'second')} left`,
  moreTime: 'I need more time',
  extended: (isSent) =>
    `You have more time now.${isSent ? ' A new code is on its way; the one before has ended.' : ''}`,
  cancel: 'Cancel',
  close: 'Close',
  notMe: 'I did not start this',
  leaving: 'One moment: your answer is just being checked.',
  offline: 'No connection. This goes on by itself as soon as there is one.',

  chooseWay: 'How would you like to confirm this?',
  otherWays: 'Other ways to confirm',
  wayTitle: (method) => ways[method]?.[0] ?? method,
  wayHint: (method) => ways[method]?.[1] ?? null,

  codeLabel: (method) =>
    method === 'recovery-code' ? 'Recovery code' : method === 'totp' ? 'Code from your app' : 'Code',
  sentTo: (address) => `We have sent it to ${address}. Check that the message names the same values.`,
  authorize: 'Authorize',
  working: 'One moment…',
  send: 'Send a code',
  sendAgain: 'Send a new code',
  sendAgainIn: (seconds) => `Send a new code in ${clock(seconds)}`,
  sentAgain: 'A new code is on its way.',
  sentOut: 'No further code can be sent for this.',

  passkeyStart: 'Use passkey',
  passkeyWaiting: 'Follow your browser…',
  calledOff: 'You closed the passkey window. Nothing was sent, and no attempt was used.',

  deviceHint: 'Compare what your phone shows with the above, then type these digits there.',
  deviceDigits: 'Digits for your phone',
  deviceWaiting: 'Waiting for your phone…',
  deviceAsk: 'Ask my phone',
  deviceAskAgain: 'Ask again with new digits',

  wrong: (left) => `That was not right. ${counted(left, 'attempt')} left.`,
  malformed: 'This does not look complete. No attempt was used.',
  locked: (retryAt) => `Too many wrong answers. It is possible again ${from(retryAt)}.`,
  askedTooOften: (retryAt) => `Asked too often. It is possible again ${from(retryAt)}.`,
  notDelivered: 'The message could not be delivered. Try again, or choose another way.',
  wayGone: 'This way is not available just now. Choose another one.',
  failed: 'That did not work. Try again in a moment.',

  grantedTitle: 'Authorized',
  deniedTitle: 'Not authorized',
  deniedText: (reason, isDisowned) => {
    if (isDisowned || reason === 'not_me')
      return 'It was stopped, and nothing was done. If you did not start it, somebody else may be signed in as you: change your password and tell us.';
    if (reason === 'attempts_exhausted')
      return 'There were too many wrong answers, so it was stopped. Nothing was done. You can start again.';
    return 'It was declined. Nothing was done.';
  },
  expiredTitle: 'Time is up',
  expiredText: 'Nobody answered in time. Nothing was done. You can start again.',
};
