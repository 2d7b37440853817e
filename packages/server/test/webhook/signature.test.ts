import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signatureHeaders } from '../../src/webhook/sign.ts';
import { deliver, loopback, newSecret, openTransport } from './deliver.ts';
import { openEndpoint, type Received } from './endpoint.ts';

const body = '{"type":"authorization_request.granted","data":{"name":"Zoë 🏦"}}';

/** What a receiver got of one webhook, signed by these. */
async function receive(secrets: readonly string[], clock = { now: () => new Date() }): Promise<Received> {
  await using endpoint = await openEndpoint();
  const url = `http://127.0.0.1:${endpoint.port}/`;
  await deliver(openTransport({ allow: [loopback], clock }), { url, id: 'evt_42', body, secrets });
  return endpoint.received[0]!;
}

const verify = (secret: string, { body: payload, headers }: Pick<Received, 'body' | 'headers'>) =>
  new Webhook(secret).verify(payload, headers);

describe('the signature of a webhook', () => {
  it('is one that the official library of Standard Webhooks accepts', async () => {
    const secret = newSecret();
    expect(verify(secret, await receive([secret]))).toEqual(JSON.parse(body));
  });

  it('is accepted by the old secret and by the new one while they change, and by no other', async () => {
    const [next, before] = [newSecret(), newSecret()];
    const received = await receive([next, before]);
    expect(received.headers['webhook-signature']).toMatch(/^v1,\S{44} v1,\S{44}$/);
    for (const secret of [next, before]) expect(verify(secret, received)).toEqual(JSON.parse(body));
    expect(() => verify(newSecret(), received)).toThrow('No matching signature found');
  });

  it('covers the body, the id and the time: with one of them changed it is none', async () => {
    const secret = newSecret();
    const received = await receive([secret]);
    const { headers } = received;
    const later = String(Number(headers['webhook-timestamp']) + 1);
    for (const changed of [
      { body: `${body} ` },
      { body: body.replace('granted', 'denied') },
      { headers: { ...headers, 'webhook-id': 'evt_43' } },
      { headers: { ...headers, 'webhook-timestamp': later } },
      { headers: { ...headers, 'webhook-signature': headers['webhook-signature']!.replace('v1,', 'v2,') } },
    ])
      expect(() => verify(secret, { ...received, ...changed })).toThrow('No matching signature found');
  });

  it('says when it was tried, so that one that is kept and sent again is too old', async () => {
    const secret = newSecret();
    const sixMinutesAgo = new Date(Date.now() - 360_000);
    const received = await receive([secret], { now: () => sixMinutesAgo });
    expect(received.headers['webhook-timestamp']).toBe(String(Math.floor(sixMinutesAgo.getTime() / 1000)));
    expect(() => verify(secret, received)).toThrow('Message timestamp too old');
  });

  it('is that of the example that Standard Webhooks prints', () => {
    const headers = signatureHeaders(
      {
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
        body: '{"test": 2432232314}',
      },
      new Date(1_614_265_330_000),
    );
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });
});
