// What is a program in your installation: methods, operations, who delivers codes. This one has an authenticator app.
import { totp } from '@countersign/server';

export default {
  issuer: 'Acme Bank',
  audience: 'bank.example',
  methods: [totp()],
  drainSeconds: 5,
};
