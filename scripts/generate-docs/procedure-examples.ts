import type { CountersignRouter } from '../../packages/server/src/router.ts';

type Routers = CountersignRouter['_def']['record'];

/** `authorizationRequest.create`, … */
export type ProcedurePath = {
  [Router in keyof Routers]: `${Router}.${Extract<keyof Routers[Router], string>}`;
}[keyof Routers];

type InputOf<Path> = Path extends `${infer Router}.${infer Verb}`
  ? Router extends keyof Routers
    ? Verb extends keyof Routers[Router]
      ? Routers[Router][Verb] extends { _def: { $types: { input: infer Input } } }
        ? NonNullable<Input>
        : never
      : never
    : never
  : never;

interface Example<Path> {
  /** What the service says. */
  readonly input: InputOf<Path>;
  /** What a subject may say in its place. */
  readonly fromSubject?: InputOf<Path>;
  /** What the schemas do not say. */
  readonly note?: string;
}

const id = 'areq_02krzp8z1wf44ar7tqdm83kv4c';
const data = { to: 'GB29NWBK60161331926819', amountCents: 250_000 };
const factorId = 'fact_02krzp8z1wf44ar7tqdm83kv4c';
const confirmationId = 'conf_02krzp8z1wf44ar7tqdm83kv4c';
const endpointId = 'whk_02krzp8z1wf44ar7tqdm83kv4c';
const managed =
  'A subject’s own call is refused with `authorization_required`, and the request to be granted, until it is granted in the same session; then the same call works, once.';
const needsNothing =
  'It needs no credential, and one that comes along is not looked at. So a `context` is `forbidden` here.';
const publicKey = {
  kty: 'EC',
  crv: 'P-256',
  x: 'axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY',
  y: 'T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU',
} as const;
const proof = { method: 'otp', code: '12345678' };

/** One accepted call of every procedure, held to its input by the compiler. It is shown, and it is made. */
export const procedureExamples: { readonly [Path in ProcedurePath]: Example<Path> } = {
  'authorizationRequest.create': {
    input: {
      slug: 'transfer',
      subjectId: 'ada',
      data,
      deliverTo: { channel: 'email', address: 'ada@example.org' },
      idempotencyKey: 'order-4711',
    },
    fromSubject: { slug: 'transfer', data },
    note: '`subjectId` is required from the service. A subject may create only what its operation declares `clientCreatable`, for itself and in its session, and may say only `slug`, `data`, `methods`, `factorIds`, `locale` and `idempotencyKey`; any other key is `forbidden`. `title`, `description` and `facts` are for a slug that no operation defines; otherwise the operation makes them. `data` is at most 16 KiB in canonical form, 16 levels deep.',
  },
  'authorizationRequest.get': { input: { id } },
  'authorizationRequest.list': { input: { subjectId: 'ada', state: 'waiting', limit: 20 } },
  'authorizationRequest.challenge': { input: { id, method: 'otp' } },
  'authorizationRequest.check': { input: { id, proof } },
  'authorizationRequest.grant': {
    input: { id, proof },
    note: 'The grant without `proof` is for the service alone.',
  },
  'authorizationRequest.deny': { input: { id, reason: 'declined' } },
  'authorizationRequest.cancel': { input: { id } },
  'authorizationRequest.reset': { input: { id, expiresInSeconds: 600 } },
  'authorizationRequest.consume': {
    input: { id, slug: 'transfer', subjectId: 'ada', data },
    note: '`tx` exists in process only: `cs.consume(input, { tx })`.',
  },
  'authorizationRequest.watch': { input: { id } },
  'method.list': { input: {}, note: '`includeInactive` is for operators.' },
  'method.configure': {
    input: { key: 'totp', title: 'Authenticator app', config: { issuer: 'Acme Bank' }, isDefault: true },
  },
  'method.remove': { input: { id: 'mth_02krzp8z1wf44ar7tqdm83kv4c' } },
  'factor.list': { input: { subjectId: 'ada' }, note: '`subjectId` is required from the service.' },
  'factor.create': {
    input: { subjectId: 'ada', methodId: 'totp', title: 'Phone' },
    fromSubject: { methodId: 'totp', title: 'Phone' },
    note: `${managed} A first factor needs the service, or a token by the service whose scope names \`factor.create\` itself. \`subjectId\` is required from the service; \`confirmed\` is for the service alone.`,
  },
  'factor.confirm': { input: { id: factorId, confirmationId, data: { code: '123456' } } },
  'factor.update': { input: { id: factorId, isDefault: true }, note: managed },
  'factor.remove': { input: { id: factorId }, note: managed },
  'confirmation.request': {
    input: { factorId, subjectId: 'ada', purpose: 'sign-in' },
    note: 'Either `methodId` or `factorId`. Purposes that begin with `countersign.` are ours.',
  },
  'confirmation.confirm': {
    input: { id: confirmationId, data: { code: '123456' } },
    note: 'A wrong proof is an answer too: look at `status`.',
  },
  'confirmation.check': { input: { id: confirmationId } },
  'confirmation.use': { input: { id: confirmationId, factorId, subjectId: 'ada', purpose: 'sign-in' } },
  'device.register': {
    input: { subjectId: 'ada', uuid: 'phone-1', name: 'Ada’s phone', publicKey },
    fromSubject: { uuid: 'phone-1', name: 'Ada’s phone', publicKey },
    note: `${managed} A first factor needs the service, or a token by the service whose scope names \`device.register\` itself. \`subjectId\` is required from the service. Without \`publicKey\` the answer has a secret.`,
  },
  'device.nonce': { input: { uuid: 'phone-1', subjectId: 'ada' }, note: needsNothing },
  'device.authenticate': {
    input: { uuid: 'phone-1', subjectId: 'ada', secret: 'kxbTn0…' },
    note: needsNothing,
  },
  'device.list': { input: { subjectId: 'ada' }, note: '`subjectId` is required from the service.' },
  'device.setPrimary': { input: { id: factorId }, note: managed },
  'device.revoke': { input: { id: factorId }, note: managed },
  'event.list': { input: { types: ['authorization_request.granted'], limit: 100 } },
  'event.stream': { input: { types: ['authorization_request.granted'] } },
  'scopedToken.issue': {
    input: {
      subjectId: 'ada',
      scope: { http: { GET: ['/reports/monthly'] } },
      maxAgeSeconds: 43_200,
      recipient: 'export-service',
    },
    fromSubject: {
      scope: { rpc: { q: ['authorizationRequest.get'] } },
      maxAgeSeconds: 300,
      delegateId: 'worker',
    },
    note: 'A subject narrows the token it presents: the same id, a block more, never later and never wider. `subjectId` is required from the service.',
  },
  'scopedToken.introspect': { input: { token: 'cst1.k1.eyJ…' } },
  'scopedToken.list': { input: { subjectId: 'ada' } },
  'scopedToken.revoke': {
    input: { id: 'cst_02krzp8z1wf44ar7tqdm83kv4c' },
    fromSubject: { subjectId: 'ada' },
  },
  'operator.unlock': { input: { subjectId: 'ada' } },
  'operator.subscribers': { input: {} },
  'operator.resumeSubscriber': { input: { name: 'ledger', skip: true } },
  'operator.replaySubscriber': { input: { name: 'ledger', from: 'start' } },
  'operator.removeSubscriber': { input: { name: 'ledger' } },
  'serviceKey.create': { input: { title: 'billing', expiresInSeconds: 31_536_000 } },
  'serviceKey.list': { input: {} },
  'serviceKey.revoke': { input: { id: 'key_02krzp8z1wf44ar7tqdm83kv4c' } },
  'webhook.create': {
    input: { url: 'https://ledger.example/countersign', types: ['authorization_request.granted'] },
  },
  'webhook.list': { input: {} },
  'webhook.update': { input: { id: endpointId, isActive: true } },
  'webhook.remove': { input: { id: endpointId } },
  'webhook.rotateSecret': { input: { id: endpointId, overlapSeconds: 86_400 } },
  'webhook.test': { input: { id: endpointId } },
  'webhook.deliveries': { input: { endpointId, state: 'failed' } },
  'webhook.replay': { input: { endpointId, since: '2026-11-22T12:00:00Z' } },
};
