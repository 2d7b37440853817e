// Made from the router and its schemas by `npm run generate`. A change belongs there; a check fails when this
// is not up to date.

import type { ProcedureWords } from '../openapi/words.ts';

export const procedureWords: Readonly<Record<string, ProcedureWords>> = {
  'authorizationRequest.create': {
    summary: 'Asks for an authorization.',
    description:
      'Asks for the authorization of one operation with these exact values. When exactly one method is possible its challenge is issued at once and its message sent after the commit.\n\n`subjectId` is required from the service. A subject may create only what its operation declares `clientCreatable`, for itself and in its session, and may say only `slug`, `data`, `methods`, `factorIds`, `locale` and `idempotencyKey`; any other key is `forbidden`. `title`, `description` and `facts` are for a slug that no operation defines; otherwise the operation makes them. `data` is at most 16 KiB in canonical form, 16 levels deep.',
    actors: ['service', 'subject'],
    refusals: [
      'invalid_input',
      'forbidden',
      'rate_limited',
      'method_unavailable',
      'idempotency_conflict',
      'delivery_failed',
    ],
    example: {
      slug: 'transfer',
      subjectId: 'ada',
      data: { to: 'GB29NWBK60161331926819', amountCents: 250000 },
      deliverTo: { channel: 'email', address: 'ada@example.org' },
      idempotencyKey: 'order-4711',
    },
  },
  'authorizationRequest.get': {
    summary: 'Reads one request.',
    description: 'One request, as this actor may see it.',
    actors: ['service', 'subject', 'device'],
    refusals: ['not_found'],
    example: { id: 'areq_02krzp8z1wf44ar7tqdm83kv4c' },
  },
  'authorizationRequest.list': {
    summary: 'Lists requests, newest first.',
    description:
      'The requests that this actor may see, newest first, a page at a time: `nextCursor` of one page is `cursor` of the next, and what is created in between moves nothing.',
    actors: ['service', 'subject', 'device'],
    refusals: ['invalid_input'],
    example: { subjectId: 'ada', state: 'waiting', limit: 20 },
  },
  'authorizationRequest.challenge': {
    summary: 'Asks for a proof by one method; asked again, sends again.',
    description:
      'Asks for a proof: the first one when several methods are possible, or one more message. The code before stays valid beside the new one; attempts are shared and never refilled.',
    actors: ['service', 'subject'],
    refusals: [
      'not_found',
      'not_waiting',
      'expired',
      'rate_limited',
      'method_unavailable',
      'method_ambiguous',
      'delivery_failed',
    ],
    example: { id: 'areq_02krzp8z1wf44ar7tqdm83kv4c', method: 'otp' },
  },
  'authorizationRequest.check': {
    summary: 'Judges a proof and decides nothing.',
    description:
      'Is this proof right? Decides nothing. A wrong one costs an attempt; a right one costs none, and for a minute lets the service that asked grant without the proof, and who asked present it once more.',
    actors: ['service', 'subject'],
    refusals: [
      'invalid_input',
      'not_found',
      'not_waiting',
      'expired',
      'attempts_exhausted',
      'subject_locked',
      'factor_locked',
      'method_unavailable',
    ],
    example: { id: 'areq_02krzp8z1wf44ar7tqdm83kv4c', proof: { method: 'otp', code: '12345678' } },
  },
  'authorizationRequest.grant': {
    summary: 'Grants a request by a right proof. A wrong one is a value: `{ granted: false }`.',
    description:
      "The person's proof grants the request: once, for this data, until `executeBefore`. Wrong is an answer (`granted: false`) and costs an attempt. Without a proof only the service may grant, within a minute of its own right `check`.\n\nThe grant without `proof` is for the service alone.",
    actors: ['service', 'subject', 'device'],
    refusals: ['proof_required'],
    example: { id: 'areq_02krzp8z1wf44ar7tqdm83kv4c', proof: { method: 'otp', code: '12345678' } },
  },
  'authorizationRequest.deny': {
    summary: 'Refuses a request for good.',
    description:
      'The person says no. Needs no proof: refusing must always be possible. "This was not me" counts only from the service or with a device\'s signature; without one it is recorded as declined. With one nobody is prompted for twenty minutes, and the session that asked starts nothing. A proof of a method that is no longer there does not stand in the way.',
    actors: ['service', 'subject', 'device'],
    refusals: ['not_found', 'not_waiting', 'expired'],
    example: { id: 'areq_02krzp8z1wf44ar7tqdm83kv4c', reason: 'declined' },
  },
  'authorizationRequest.cancel': {
    summary: 'Calls a request off before anybody decided.',
    description: 'Calls the operation off before a decision.',
    actors: ['service', 'subject'],
    refusals: ['forbidden', 'not_found', 'not_waiting', 'expired'],
    example: { id: 'areq_02krzp8z1wf44ar7tqdm83kv4c' },
  },
  'authorizationRequest.reset': {
    summary: 'Voids the codes so far and asks anew. Attempts are not refilled.',
    description:
      'A new code, the old ones void, a new expiry (never later than an hour after the creation). Counts as a resend; attempts are kept; a decided or expired request is not revived.',
    actors: ['service', 'subject'],
    refusals: [],
    example: { id: 'areq_02krzp8z1wf44ar7tqdm83kv4c', expiresInSeconds: 600 },
  },
  'authorizationRequest.consume': {
    summary: 'Uses a grant, once, for exactly the data it was given for.',
    description:
      "Uses the grant: once, for exactly the data that was authorized. With `tx` it happens inside your own transaction, so that your write and the consumption commit together or not at all; then no idempotency key is needed, your transaction is one.\n\nCompared is what the operation's schema makes of the data, as it was when the request was made. So execute that, not what came in: a schema that is not strict has dropped fields of it, and one that trims has changed them.\n\n`tx` exists in process only: `cs.consume(input, { tx })`.",
    actors: ['service'],
    refusals: [
      'not_found',
      'not_granted',
      'data_mismatch',
      'already_consumed',
      'execution_window_passed',
      'transaction_required',
      'foreign_database',
    ],
    example: {
      id: 'areq_02krzp8z1wf44ar7tqdm83kv4c',
      slug: 'transfer',
      subjectId: 'ada',
      data: { to: 'GB29NWBK60161331926819', amountCents: 250000 },
    },
  },
  'authorizationRequest.watch': {
    summary: 'One request as it is, and what happens to it.',
    description:
      "One request as it is, and then what happens to it: first `authorization_request.snapshot` with `data.request`, as `get` shows it; then its events by their sequence, as they are committed, without waiting for other transactions. It ends after denied, cancelled, expired or consumed, at the end of the execution window, five seconds after an expiry that nobody has written down, when its signal aborts, or when core is closed.\n\nThe snapshot contains the events up to its `sequence`. With `lastEventId` it still comes first, and all events after that one follow, also those that it contains; going on from the snapshot's own id gives the same events once more. So each event is told, whenever the reader was cut off.",
    actors: ['service', 'subject', 'device'],
    refusals: ['invalid_input', 'not_found'],
    example: { id: 'areq_02krzp8z1wf44ar7tqdm83kv4c' },
  },
  'method.list': {
    summary: 'The ways of proving that this installation offers.',
    description: 'The ways of proving that this installation offers.\n\n`includeInactive` is for operators.',
    actors: ['service', 'subject', 'device', 'operator'],
    refusals: [],
    example: {},
  },
  'method.configure': {
    summary:
      'Configures a method: its title, its settings, whether it is offered and whether it is the default.',
    description:
      'Configures a method: its title, its settings, whether it is offered and whether it is the default.',
    actors: ['operator'],
    refusals: [],
    example: { key: 'totp', title: 'Authenticator app', config: { issuer: 'Acme Bank' }, isDefault: true },
  },
  'method.remove': {
    summary: 'Forgets what was configured of a method.',
    description: 'Forgets what was configured of a method.',
    actors: ['operator'],
    refusals: [],
    example: { id: 'mth_02krzp8z1wf44ar7tqdm83kv4c' },
  },
  'factor.list': {
    summary: 'What a subject can prove with, and what it has begun to enrol.',
    description:
      "What a subject can prove with, and what it has begun to enrol: the default one first, then the newest. A subject sees its own; another's list is empty, as an unknown subject's is.\n\n`subjectId` is required from the service.",
    actors: ['service', 'subject'],
    refusals: ['invalid_input', 'forbidden'],
    example: { subjectId: 'ada' },
  },
  'factor.create': {
    summary: 'Adds a way to prove. It proves nothing before it is confirmed.',
    description:
      'Adds a way to prove. Where its method has something to confirm it by, it waits for its confirmation and proves nothing before; `setup` is in this answer and nowhere else.\n\nA subject’s own call is refused with `authorization_required`, and the request to be granted, until it is granted in the same session; then the same call works, once. A first factor needs the service, or a token by the service whose scope names `factor.create` itself. `subjectId` is required from the service; `confirmed` is for the service alone.',
    actors: ['service', 'subject'],
    refusals: [
      'invalid_input',
      'forbidden',
      'rate_limited',
      'authorization_required',
      'method_unavailable',
      'factor_exists',
      'delivery_failed',
    ],
    example: { subjectId: 'ada', methodId: 'totp', title: 'Phone' },
  },
  'factor.confirm': {
    summary: 'Brings into force what waits, by its own proof.',
    description:
      "Gives the confirmation of an enrolment or of a change: what waited takes effect. A wrong answer is an answer (look at `status`) and costs an attempt of the confirmation and of the subject's budget.",
    actors: ['service', 'subject'],
    refusals: [
      'invalid_input',
      'not_found',
      'expired',
      'attempts_exhausted',
      'subject_locked',
      'factor_locked',
      'method_unavailable',
      'already_confirmed',
      'unavailable',
      'factor_exists',
    ],
    example: {
      id: 'fact_02krzp8z1wf44ar7tqdm83kv4c',
      confirmationId: 'conf_02krzp8z1wf44ar7tqdm83kv4c',
      data: { code: '123456' },
    },
  },
  'factor.update': {
    summary: 'Changes a way to prove. What matters to its proofs waits for a confirmation.',
    description:
      'Changes a factor. A new configuration that is significant, as its method says, waits for its confirmation, and the old one stays in force until then; an insignificant one, and everything else, applies at once.\n\nA subject’s own call is refused with `authorization_required`, and the request to be granted, until it is granted in the same session; then the same call works, once.',
    actors: ['service', 'subject'],
    refusals: [
      'invalid_input',
      'forbidden',
      'not_found',
      'rate_limited',
      'authorization_required',
      'method_unavailable',
      'factor_exists',
      'delivery_failed',
    ],
    example: { id: 'fact_02krzp8z1wf44ar7tqdm83kv4c', isDefault: true },
  },
  'factor.remove': {
    summary: 'Takes a way to prove away, for good.',
    description:
      'Takes a factor away for ever. From its commit on nothing that it has approved is executed (I13), nothing that waits for it can be proven by it, and what it has authorized comes into force no more.\n\nA subject’s own call is refused with `authorization_required`, and the request to be granted, until it is granted in the same session; then the same call works, once.',
    actors: ['service', 'subject'],
    refusals: [
      'invalid_input',
      'forbidden',
      'not_found',
      'rate_limited',
      'authorization_required',
      'method_unavailable',
    ],
    example: { id: 'fact_02krzp8z1wf44ar7tqdm83kv4c' },
  },
  'confirmation.request': {
    summary: 'Asks that somebody proves something.',
    description:
      'Asks for a confirmation: that somebody proves something by this factor, or by this method alone. It lasts ten minutes, allows five attempts, and serves once, for the purpose, subject, factor and data that it was made for.\n\nEither `methodId` or `factorId`. Purposes that begin with `countersign.` are ours.',
    actors: ['service', 'subject'],
    refusals: [
      'invalid_input',
      'forbidden',
      'not_found',
      'rate_limited',
      'method_unavailable',
      'delivery_failed',
    ],
    example: { factorId: 'fact_02krzp8z1wf44ar7tqdm83kv4c', subjectId: 'ada', purpose: 'sign-in' },
  },
  'confirmation.confirm': {
    summary: 'Proves it. A wrong proof is a value: look at `status`.',
    description:
      'The proof: right, and the confirmation is confirmed, to be used once. Wrong is an answer too (look at `status`) and costs an attempt.\n\nA wrong proof is an answer too: look at `status`.',
    actors: ['service', 'subject'],
    refusals: [
      'invalid_input',
      'not_found',
      'expired',
      'attempts_exhausted',
      'subject_locked',
      'factor_locked',
      'already_confirmed',
      'unavailable',
    ],
    example: { id: 'conf_02krzp8z1wf44ar7tqdm83kv4c', data: { code: '123456' } },
  },
  'confirmation.check': {
    summary: 'Says whether it can be used now, and changes nothing.',
    description:
      'Could it be used now? Confirmed, not used, not expired, its factor confirmed and active, its method active. Of an unknown, foreign or used one nothing is told: all three answer alike.',
    actors: ['service', 'subject'],
    refusals: [],
    example: { id: 'conf_02krzp8z1wf44ar7tqdm83kv4c' },
  },
  'confirmation.use': {
    summary: 'Uses it, once, for exactly what it was given for.',
    description:
      'Uses a confirmation: once, for exactly the purpose, subject, factor and value that it was made for. One that is left out equals only null. Anything else is `{ used: false }`, whatever the cause. With `tx` it happens inside your own transaction, so that your write and the use commit together or not at all.',
    actors: ['service'],
    refusals: ['forbidden', 'transaction_required', 'foreign_database'],
    example: {
      id: 'conf_02krzp8z1wf44ar7tqdm83kv4c',
      factorId: 'fact_02krzp8z1wf44ar7tqdm83kv4c',
      subjectId: 'ada',
      purpose: 'sign-in',
    },
  },
  'device.register': {
    summary: 'Makes a device a way to prove: by its key, or by a secret that is shown once.',
    description:
      'Registers a device: with its public key, or with a secret of ours, which is in this answer and nowhere else. It can prove from then on. A device that was revoked, or switched off, is registered anew under the same name: another factor with another key or secret, and nothing of the old one works any more.\n\nA subject’s own call is refused with `authorization_required`, and the request to be granted, until it is granted in the same session; then the same call works, once. A first factor needs the service, or a token by the service whose scope names `device.register` itself. `subjectId` is required from the service. Without `publicKey` the answer has a secret.',
    actors: ['service', 'subject'],
    refusals: [
      'invalid_input',
      'forbidden',
      'rate_limited',
      'authorization_required',
      'method_unavailable',
      'device_exists',
    ],
    example: {
      subjectId: 'ada',
      uuid: 'phone-1',
      name: 'Ada’s phone',
      publicKey: {
        kty: 'EC',
        crv: 'P-256',
        x: 'axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY',
        y: 'T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU',
      },
    },
  },
  'device.nonce': {
    summary: 'Gives what a device signs to authenticate itself.',
    description:
      'What a device must sign to say who it is. Anybody gets one, for any name: the answer does not depend on whether there is such a device, and nothing is written. Another one each time, so an idempotency key changes nothing.\n\nIt needs no credential, and one that comes along is not looked at. So a `context` is `forbidden` here.',
    actors: [],
    refusals: ['invalid_input', 'forbidden'],
    example: { uuid: 'phone-1', subjectId: 'ada' },
  },
  'device.authenticate': {
    summary: 'Gives a device its token, for its secret or a signature of its key.',
    description:
      'A device says who it is, by its secret or by a signature over a nonce of ours, and gets its token: for an hour, for what a device may do (the preset `device`), until the device is revoked. Anybody may try; an unknown device is refused as one that is wrong, after the same work.\n\nIt needs no credential, and one that comes along is not looked at. So a `context` is `forbidden` here.',
    actors: [],
    refusals: ['invalid_input', 'unauthenticated', 'unavailable_dependency'],
    example: { uuid: 'phone-1', subjectId: 'ada', secret: 'kxbTn0…' },
  },
  'device.list': {
    summary: 'The devices that a subject can prove with.',
    description:
      "A subject's devices, the primary one first, then the newest. A subject and its devices see its own; another's list is empty, as an unknown subject's is.\n\n`subjectId` is required from the service.",
    actors: ['service', 'subject', 'device'],
    refusals: ['invalid_input', 'forbidden'],
    example: { subjectId: 'ada' },
  },
  'device.setPrimary': {
    summary: 'Says which device is prompted first.',
    description:
      'Makes a device the one that is prompted first; exactly one of a subject is. One that is it already stays it.\n\nA subject’s own call is refused with `authorization_required`, and the request to be granted, until it is granted in the same session; then the same call works, once.',
    actors: ['service', 'subject'],
    refusals: [
      'forbidden',
      'not_found',
      'rate_limited',
      'authorization_required',
      'method_unavailable',
      'unavailable',
    ],
    example: { id: 'fact_02krzp8z1wf44ar7tqdm83kv4c' },
  },
  'device.revoke': {
    summary: 'Takes a device away, for good, and its tokens with it.',
    description:
      'Revokes a device for ever. Its tokens, its secret or key, and what it has approved and nobody has executed end in the same commit: here they are refused when it answers, on every other node within a second. Another device takes its place, the one that was used last.\n\nA subject’s own call is refused with `authorization_required`, and the request to be granted, until it is granted in the same session; then the same call works, once.',
    actors: ['service', 'subject'],
    refusals: ['forbidden', 'not_found', 'rate_limited', 'authorization_required', 'method_unavailable'],
    example: { id: 'fact_02krzp8z1wf44ar7tqdm83kv4c' },
  },
  'event.list': {
    summary: 'The log, in the order of its commits, from a cursor on.',
    description:
      'The log after a cursor, in commit order. `cursor` is where to go on: it moves past what did not match, so an empty page with another cursor than the one given means "there may be more". Subjects and devices see the events of what they may see, with public payloads.\n\n`from: \'now\'` gives the cursor of the present end: a stream that begins there can be cut before its first event and misses nothing (decision 0009).\n\nWithout a cursor it begins at the oldest event that is kept.',
    actors: ['service', 'subject', 'device'],
    refusals: ['invalid_input'],
    example: { types: ['authorization_request.granted'], limit: 100 },
  },
  'event.stream': {
    summary: 'The log as it is written.',
    description:
      'The log as it is written, for ever: what `event.list` shows this actor, in the same order, each event once. It begins at the present end of the log, at its start, or after `lastEventId`, which an event or a cursor of `event.list` gave; nothing that commits after the answer is missed. It ends when its signal aborts or core is closed. Whoever was cut off goes on after the last event it has; who must miss nothing before its first event begins at a cursor of `event.list`.',
    actors: ['service', 'subject', 'device'],
    refusals: ['invalid_input'],
    example: { types: ['authorization_request.granted'] },
  },
  'scopedToken.issue': {
    summary: 'Issues a token; to a subject only what its own already opens.',
    description:
      'Issues a token that acts for a subject, for this service, for a while. It is answered once and kept nowhere: a repetition by the same idempotency key gets its id and `token: null`. What a subject issues is the token it has presented, narrowed.\n\nA subject narrows the token it presents: the same id, a block more, never later and never wider. `subjectId` is required from the service.',
    actors: ['service', 'subject'],
    refusals: ['invalid_input', 'forbidden', 'scope_too_wide', 'lifetime_too_long', 'unavailable_dependency'],
    example: {
      subjectId: 'ada',
      scope: { http: { GET: ['/reports/monthly'] } },
      maxAgeSeconds: 43200,
      recipient: 'export-service',
    },
  },
  'scopedToken.introspect': {
    summary: 'What a token says, if it is in force. A mutation, so that no token is ever in a URL.',
    description:
      'What a token says, if it is ours, in its time and not revoked: the database is asked each time. Why it is not is not told. It has no effect, so an idempotency key changes nothing.',
    actors: ['service'],
    refusals: ['forbidden', 'unavailable_dependency'],
    example: { token: 'cst1.k1.eyJ…' },
  },
  'scopedToken.list': {
    summary: 'The tokens that were issued, newest first.',
    description:
      "The tokens that were issued, newest first, fifty a page; those that have expired or were revoked too. A subject sees its own, of every session; another's list is empty, as an unknown subject's is.",
    actors: ['service', 'subject'],
    refusals: ['invalid_input', 'forbidden'],
    example: { subjectId: 'ada' },
  },
  'scopedToken.revoke': {
    summary: 'Ends tokens before their time.',
    description:
      "Ends tokens before their time: one, one delegate of it, all of a session, all that carry a request, or all of a subject. In force here when it answers, on every other node within a second. What was narrowed from a token ends with it. A subject ends its own: any of its tokens, its tokens of the session it is in, or everything. A delegate, whose token was narrowed with a `delegateId`, ends what it holds itself, and nothing else; a delegate's delegate ends nothing.\n\nOf one token 64 delegates are revoked one by one. The next one ends the token itself, with all of them, and the answer says `tokenEnded`.",
    actors: ['service', 'subject'],
    refusals: ['forbidden', 'not_found'],
    example: { id: 'cst_02krzp8z1wf44ar7tqdm83kv4c' },
  },
  'operator.unlock': {
    summary: 'Lets a subject that has guessed too often try again.',
    description:
      "Forgets the wrong proofs that lock a subject, or those of one factor or method. Whoever calls this has made sure by other means who the person is: for a day's attacker it is worth twenty more guesses. Attempts of requests stay spent.",
    actors: ['service', 'operator'],
    refusals: ['forbidden', 'not_found'],
    example: { subjectId: 'ada' },
  },
  'operator.subscribers': {
    summary: 'The durable subscribers: where each stands in the log, and what holds it up.',
    description: 'The durable subscribers: where each stands in the log, and what holds it up.',
    actors: ['service', 'subject', 'device', 'operator'],
    refusals: [],
    example: {},
  },
  'operator.resumeSubscriber': {
    summary: 'Lets a parked subscriber try again, or pass over the event that failed.',
    description: 'Lets a parked subscriber try again, or pass over the event that failed.',
    actors: ['service', 'operator'],
    refusals: [],
    example: { name: 'ledger', skip: true },
  },
  'operator.replaySubscriber': {
    summary: 'Moves a subscriber back in the log, or forward.',
    description: 'Moves a subscriber back in the log, or forward.',
    actors: ['service', 'operator'],
    refusals: [],
    example: { name: 'ledger', from: 'start' },
  },
  'operator.removeSubscriber': {
    summary: 'Forgets a subscriber that no program has any more.',
    description: 'Forgets a subscriber that no program has any more.',
    actors: ['service', 'operator'],
    refusals: [],
    example: { name: 'ledger' },
  },
  'serviceKey.create': {
    summary: 'Makes a key of a service or an operator, and shows it once.',
    description:
      'Far more than an installation has services; keys that are created at the same moment may go a little beyond.',
    actors: ['operator'],
    refusals: [],
    example: { title: 'billing', expiresInSeconds: 31536000 },
  },
  'serviceKey.list': {
    summary: 'Lists the keys of services and operators, newest first.',
    description: 'The keys there are and were, newest first, fifty a page.',
    actors: ['operator'],
    refusals: ['invalid_input', 'forbidden'],
    example: {},
  },
  'serviceKey.revoke': {
    summary: 'Ends a key for ever.',
    description:
      'Ends a key for ever: refused here when it answers, on every other node within a second. One that was revoked before stays as it was, and is answered as that.',
    actors: ['operator'],
    refusals: ['forbidden', 'not_found'],
    example: { id: 'key_02krzp8z1wf44ar7tqdm83kv4c' },
  },
  'webhook.create': {
    summary: 'Begins to send events to an address, and shows the secret that signs them once.',
    description:
      'Begins to send events to an address: those that happen from now on. Its secret is answered once and kept sealed: a repetition by the same idempotency key gets `secret: null`; who has lost it rotates it.',
    actors: ['operator'],
    refusals: ['invalid_input', 'forbidden'],
    example: { url: 'https://ledger.example/countersign', types: ['authorization_request.granted'] },
  },
  'webhook.list': {
    summary: 'Lists all endpoints, newest first.',
    description: 'All endpoints, newest first. There are never more than a page of them.',
    actors: ['operator'],
    refusals: ['forbidden'],
    example: {},
  },
  'webhook.update': {
    summary: 'Changes an endpoint, or switches it off or on.',
    description:
      'Changes an endpoint; what is not given stays. A filter counts for what happens from now on, an address for every try from now on. Switched off, what is owed is cancelled; switched on again, it gets what happens from then on.',
    actors: ['operator'],
    refusals: ['invalid_input', 'forbidden', 'not_found'],
    example: { id: 'whk_02krzp8z1wf44ar7tqdm83kv4c', isActive: true },
  },
  'webhook.remove': {
    summary: 'Takes an endpoint away, with its secrets.',
    description:
      'Takes an endpoint away, with its secrets. What is owed to it is cancelled; what was sent stays in the list of deliveries for as long as deliveries are kept.',
    actors: ['operator'],
    refusals: ['forbidden', 'not_found'],
    example: { id: 'whk_02krzp8z1wf44ar7tqdm83kv4c' },
  },
  'webhook.rotateSecret': {
    summary: 'Gives an endpoint another secret; for a while both sign.',
    description:
      'Gives an endpoint another secret. The one that it had signs as well, for a day or as long as is said, so that its receiver can be given the new one meanwhile; the one before that is over at once.',
    actors: ['operator'],
    refusals: ['forbidden', 'not_found'],
    example: { id: 'whk_02krzp8z1wf44ar7tqdm83kv4c', overlapSeconds: 86400 },
  },
  'webhook.test': {
    summary: 'Sends one test message to one endpoint; the answer is what came of it.',
    description:
      'Sends one message of the type `webhook.test`, signed like any other, to this endpoint alone, once; the answer is what came of it. It is no event: it stands in no log and reaches nobody else. An endpoint that is switched off can be tested.',
    actors: ['operator'],
    refusals: ['forbidden', 'not_found', 'unavailable'],
    example: { id: 'whk_02krzp8z1wf44ar7tqdm83kv4c' },
  },
  'webhook.deliveries': {
    summary: 'Lists what was sent and what is owed, newest first.',
    description: 'What was sent and what is owed, newest first. An endpoint that nobody knows has none.',
    actors: ['operator'],
    refusals: ['invalid_input', 'forbidden'],
    example: { endpointId: 'whk_02krzp8z1wf44ar7tqdm83kv4c', state: 'failed' },
  },
  'webhook.replay': {
    summary: 'Sends once more: one delivery, or what the log holds for an endpoint.',
    description:
      'Sends once more: one delivery, or what the log holds for an endpoint from a place or a moment on, a part at a time. These are deliveries of their own under the `webhook-id` of the first one, so that a receiver knows what it has.',
    actors: ['operator'],
    refusals: ['invalid_input', 'forbidden', 'not_found', 'unavailable'],
    example: { endpointId: 'whk_02krzp8z1wf44ar7tqdm83kv4c', since: '2026-11-22T12:00:00Z' },
  },
};
