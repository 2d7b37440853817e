import { otp } from '../../src/method/methods/otp.ts';
import { describeMethodContract } from '../../testing/index.ts';
import { faxContract } from './fax.ts';
import { createSmartCardContract } from './smart-card.ts';

describeMethodContract('otp to where the request says', () => ({
  method: { ...otp({ send: async () => undefined }), enrolment: null },
  deliverTo: { channel: 'email', address: 'ada@example.org' },
}));

describeMethodContract('fax, a method of a host’s own', () => faxContract);

describeMethodContract('a card that signs', createSmartCardContract);
