import type pg from 'pg';
import type { CoreContext } from '../../src/context.ts';
import type { TestCore } from '../../testing/index.ts';
import type { Call } from './call.ts';
import { challengeSight, receiptSight, sightOfView, type Names } from './postgres-sight.ts';

/** The call in core's words; its value in the model's. */
export async function makeCall(
  call: Call,
  context: CoreContext,
  test: TestCore,
  names: Names,
): Promise<Record<string, unknown>> {
  const { authorizationRequest } = test.core;
  const key = call.key === null ? {} : { idempotencyKey: call.key };
  switch (call.do) {
    case 'create': {
      const view = await authorizationRequest.create(
        context,
        {
          slug: call.slug,
          subjectId: call.subject,
          data: call.data,
          methods: [...call.methods],
          deliverTo: { channel: 'email', address: call.address },
          ...(call.session !== null && { sessionId: call.session }),
          ...(call.answerWithin !== null && { expiresInSeconds: call.answerWithin }),
          ...(call.executeWithin !== null && { executeWithinSeconds: call.executeWithin }),
          ...key,
        },
        sending(call),
      );
      names.name(call.request, view.id);
      return { request: sightOfView(view, names) };
    }
    case 'challenge': {
      const input = {
        id: names.idOf(call.request),
        ...(call.method !== null && { method: call.method }),
        ...key,
      };
      return {
        challenge: challengeSight(await authorizationRequest.challenge(context, input, sending(call))),
      };
    }
    case 'reset': {
      const input = {
        id: names.idOf(call.request),
        ...(call.method !== null && { method: call.method }),
        ...(call.answerWithin !== null && { expiresInSeconds: call.answerWithin }),
        ...key,
      };
      const { request, challenge } = await authorizationRequest.reset(context, input, sending(call));
      return { request: sightOfView(request, names), challenge: challenge && challengeSight(challenge) };
    }
    case 'check': {
      const proof = { method: call.method, code: call.code };
      return await authorizationRequest.check(context, { id: names.idOf(call.request), proof, ...key });
    }
    case 'grant': {
      const proof = { method: call.method, code: call.code };
      const answer = await authorizationRequest.grant(context, {
        id: names.idOf(call.request),
        proof,
        ...key,
      });
      return { ...answer, request: sightOfView(answer.request, names) };
    }
    case 'grant without proof': {
      const answer = await authorizationRequest.grant(context, { id: names.idOf(call.request), ...key });
      return { ...answer, request: sightOfView(answer.request, names) };
    }
    case 'deny': {
      const reason = call.reason === null ? {} : { reason: call.reason };
      const input = { id: names.idOf(call.request), ...reason, ...key };
      return { request: sightOfView(await authorizationRequest.deny(context, input), names) };
    }
    case 'cancel': {
      const input = { id: names.idOf(call.request), ...key };
      return { request: sightOfView(await authorizationRequest.cancel(context, input), names) };
    }
    case 'consume': {
      const { slug, subject: subjectId, session: sessionId, data, transaction } = call;
      const input = { id: names.idOf(call.request), slug, subjectId, sessionId, data, ...key };
      if (transaction === 'none')
        return receiptSight(await authorizationRequest.consume(context, input), names);
      return await inHostTransaction(test, transaction, async (tx) =>
        receiptSight(await authorizationRequest.consume(context, input, { tx }), names),
      );
    }
  }
}

async function inHostTransaction<Result>(
  test: TestCore,
  end: 'committed' | 'rolled back',
  run: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await test.database.sql.connect();
  try {
    await client.query('BEGIN');
    const result = await run(client);
    await client.query(end === 'committed' ? 'COMMIT' : 'ROLLBACK');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

/** Instead of the outbox: the code that the call says, and a carrier that takes it or not. */
function sending(call: { readonly code: string; readonly carrierWorks: boolean }) {
  return {
    generate: () => call.code,
    send: async () => {
      if (!call.carrierWorks) throw new Error('the carrier is down');
    },
  };
}
