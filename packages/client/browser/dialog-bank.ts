import {
  defineMethod,
  defineOperation,
  device,
  otp,
  passkey,
  recoveryCodes,
  totp,
  type OutgoingMessage,
} from '@countersign/server';
import { startTestServer, type TestServer } from '@countersign/server/testing';
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { createDeviceKey, type DeviceKey } from '../src/device/index.ts';
import { openReactPage, type ReactPage } from './react-page.ts';

const paid = z.strictObject({ to: z.string(), amountCents: z.number() });
const payment = <const Slug extends string>(
  slug: Slug,
  methods: string[],
  more: { expiresInSeconds?: number } = {},
) =>
  defineOperation({
    slug,
    data: paid,
    title: 'Transfer money',
    description: 'It arrives today, and cannot be taken back.',
    facts: ({ to, amountCents }) => ({
      To: `Ada Lovelace, ${to}`,
      Amount: `€ ${(amountCents / 100).toFixed(2)}`,
      Reference: 'فاتورة 12',
    }),
    methods,
    clientCreatable: true,
    ...more,
  });

/** A method that is nothing of ours: whoever signs the page is right. */
const fax = defineMethod({
  key: 'fax',
  title: 'Fax',
  binding: 'none',
  needsChallenge: false,
  proof: z.strictObject({ page: z.literal('signed') }),
  factor: z.strictObject({}),
  reach: () => ({ recipient: null }),
  issue: () => ({}),
  verify: () => ({ valid: true }),
});

/** Another one, whose proof is called `code`, as most are. */
const pin = defineMethod({
  key: 'pin',
  title: 'PIN',
  binding: 'none',
  needsChallenge: false,
  proof: z.strictObject({ code: z.string() }),
  factor: z.strictObject({}),
  reach: () => ({ recipient: null }),
  issue: () => ({}),
  verify: ({ proof }) => ({ valid: proof.code === '1234' }),
});

const asOwner = (...names: string[]) => names.map((name) => `authorizationRequest.${name}`);
const customerMay = {
  rpc: {
    q: asOwner('get'),
    m: asOwner('create', 'challenge', 'grant', 'deny', 'cancel', 'reset'),
    s: asOwner('watch'),
  },
};
/** A message is sent when the person wants one: so this begins with the choice. */
const everyWay = ['otp', 'passkey', 'device', 'totp', 'recovery-code', 'fax', 'pin'];
const operations = {
  transfer: payment('transfer', everyWay),
  byCode: payment('by-code', ['otp']),
  byApp: payment('by-app', ['totp']),
  byPaper: payment('by-paper', ['recovery-code']),
  byPhone: payment('by-phone', ['device']),
  byPhoneFirst: payment('by-phone-first', ['device', 'otp', 'totp']),
  byPasskey: payment('by-passkey', ['passkey']),
  hurried: payment('hurried', ['totp'], { expiresInSeconds: 50 }),
};

/** A bank with a server of its own, and a page at which its customers pay. */
export interface DialogBank extends AsyncDisposable {
  readonly server: TestServer;
  readonly page: ReactPage;
  /** Whether messages are handed over from now on. */
  readonly carrier: { isAway: boolean };
  /** A new customer, who has what this kind of payment may be proven by; but no passkey, which a browser makes. */
  enrol(slug: Payment): Promise<Customer>;
}

/** Somebody with a factor for what is to be paid. */
export interface Customer {
  readonly subjectId: string;
  readonly email: string;
  /** What the authenticator app shows: a new one each time it is asked. */
  appCode(): string;
  readonly recoveryCodes: readonly string[];
  readonly phone: { readonly uuid: string; readonly by: DeviceKey; readonly id: string };
  /** The page, for payments of this kind. */
  readonly address: string;
}

export type Payment = (typeof operations)[keyof typeof operations]['slug'];

export async function openDialogBank(): Promise<DialogBank> {
  const page = await openReactPage('./dialog-program.tsx', 'production');
  const carrier = { isAway: false };
  const started = Promise.withResolvers<TestServer>();
  const send = async (message: OutgoingMessage): Promise<void> => {
    if (carrier.isAway) throw new Error('the carrier is away');
    await (await started.promise).inbox.send(message);
  };
  const server = await startTestServer({
    operations,
    origins: [page.origin],
    methods: [
      passkey({ rpId: 'localhost', origins: [page.origin] }),
      device(),
      otp({ send }),
      totp(),
      recoveryCodes(),
      fax,
      pin,
    ],
  });
  started.resolve(server);
  const { factor, device: devices, scopedToken } = server.cs.createCaller({ kind: 'service' });
  const by = await createDeviceKey();
  let count = 0;

  async function enrol(slug: Payment): Promise<Customer> {
    count += 1;
    const subjectId = `customer-${count}`;
    const email = `${subjectId}@example.org`;
    const uuid = `phone-${count}`;
    const { methods = [] } = Object.values(operations).find((operation) => operation.slug === slug) ?? {};
    const has = (method: string) => methods.includes(method);
    let secret = '';
    let codes: string[] = [];
    let id = '';
    if (has('otp')) {
      const config = { channel: 'email', address: email };
      await factor.create({ subjectId, methodId: 'otp', config, confirmed: true });
    }
    if (has('totp')) {
      const app = await factor.create({ subjectId, methodId: 'totp' });
      ({ secret } = app.setup as { secret: string });
      const data = { code: codeOf(secret, server.clock.now()) };
      await factor.confirm({ id: app.factor.id, confirmationId: app.confirmation?.id ?? '', data });
    }
    if (has('recovery-code')) {
      const { setup } = await factor.create({ subjectId, methodId: 'recovery-code' });
      ({ codes } = setup as { codes: string[] });
    }
    if (has('device')) {
      const registered = await devices.register({ subjectId, uuid, publicKey: by.publicKey });
      ({ id } = registered.device);
    }
    const { token } = await scopedToken.issue({ subjectId, sessionId: 'at the bank', scope: customerMay });
    const given = new URLSearchParams({ url: `${server.url}/trpc`, token: token ?? '', slug });
    return {
      subjectId,
      email,
      appCode() {
        server.clock.advance(30);
        return codeOf(secret, server.clock.now());
      },
      recoveryCodes: codes,
      phone: { uuid, by, id },
      address: `${page.origin}/?${given.toString()}`,
    };
  }

  return {
    server,
    page,
    carrier,
    enrol,
    async [Symbol.asyncDispose]() {
      await page[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 6238: SHA-1, 6 digits, 30 s; of a seed in base 32 (RFC 4648 §6). */
function codeOf(seed: string, at: Date): string {
  const bits = Array.from(seed, (letter) => base32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 30_000)));
  const mac = createHmac('sha1', bytes).update(step).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
