import { dummy } from '../../src/method/methods/dummy.ts';
import { otp } from '../../src/method/methods/otp.ts';
import { recoveryCodes } from '../../src/method/methods/recovery-code.ts';
import { totp } from '../../src/method/methods/totp.ts';
import { describeMethodContract } from '../../testing/index.ts';
import { codeAt } from './authenticator-app.ts';
import { faxContract } from './fax.ts';
import { createSmartCardContract } from './smart-card.ts';

const send = async (): Promise<void> => undefined;
const address = { channel: 'email', address: 'ada@example.org' };

describeMethodContract('otp of a factor', () => ({ method: otp({ send }), given: address }));

describeMethodContract('otp to where the request says', () => ({
  method: { ...otp({ send }), enrolment: null },
  deliverTo: address,
}));

describeMethodContract('totp', () => ({
  method: totp(),
  rightProof: ({ setup, now }) => ({ code: codeAt(setup, now) }),
}));

describeMethodContract('recovery-code', () => ({
  method: recoveryCodes(),
  rightProof: ({ setup }) => ({ code: (setup as { codes: string[] }).codes[0] }),
  wrongProofs: [{ code: '0000-0000-0000-0000' }],
}));

describeMethodContract('dummy', () => ({
  method: dummy(),
  given: { atOnce: true, label: 'mine' },
  rightProof: () => ({ answer: 'right' }),
  wrongProofs: [{ answer: 'wrong' }],
}));

describeMethodContract('fax, a method of a host’s own', () => faxContract);

describeMethodContract('a card that signs', createSmartCardContract);
