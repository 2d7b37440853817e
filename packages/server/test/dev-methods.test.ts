import { expect, it } from 'vitest';
import { devMethods } from '../src/dev/methods.ts';
import { serviceClient } from './support/client.ts';
import { startWithEveryMethod } from './support/every-method.ts';
import { transfer, transferRequest } from './support/transfer.ts';

const builtIn = ['device', 'dummy', 'otp', 'passkey', 'recovery-code', 'totp'];

it('development offers every method that comes with Countersign, the one-time code first', async () => {
  await using server = await startWithEveryMethod();
  const methods = await serviceClient(server).method.list.query();
  expect(methods.map(({ key }) => key).sort()).toEqual(builtIn);
  expect(methods.filter(({ isDefault }) => isDefault)).toMatchObject([{ key: 'otp' }]);
});

it('a subject without factors still gets its code at once, as if there were no other method', async () => {
  await using server = await startWithEveryMethod({ operations: { transfer } });
  const request = await serviceClient(server).authorizationRequest.create.mutate(transferRequest);
  expect(request).toMatchObject({ methods: ['otp'], challenge: { method: 'otp', factorId: null } });
  expect(server.inbox.messages('ada@example.org')).toHaveLength(1);
});

it('makes passkeys for localhost alone, whatever other origins may call', () => {
  const send = async () => undefined;
  const origins = [
    'http://localhost:4020',
    'http://127.0.0.1:4020',
    'http://[::1]:4020',
    'https://bank.example',
  ];
  expect(
    devMethods({ send, origins })
      .map(({ key }) => key)
      .sort(),
  ).toEqual(builtIn);
});
