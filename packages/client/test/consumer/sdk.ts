/** The SDK as a program of somebody else's sees it: its types alone, without Node's. */
import {
  attenuate,
  createCountersignClient,
  isCountersignError,
  type AuthorizationRequestCreateInput,
  type CountersignProcedures,
  type Scope,
} from '@countersign/client';
import { createClientKey } from '@countersign/client/device';

const client = createCountersignClient({ url: 'http://127.0.0.1:4020', token: () => 'csk_1' });
export const procedures: Pick<CountersignProcedures, 'method'> = client;

export async function transfer(input: AuthorizationRequestCreateInput): Promise<Date | null> {
  try {
    const request = await client.authorizationRequest.create(input);
    const granted = await request.granted();
    return granted.executeBefore;
  } catch (error) {
    if (isCountersignError(error, 'idempotency_conflict') && error.details.inProgress) return null;
    throw error;
  }
}

export async function listen(): Promise<void> {
  for await (const event of client.event.stream({ types: ['authorization_request.granted'] })) {
    if (event.type === 'authorization_request.granted') console.log(event.data.method);
  }
}

const scope: Scope = { rpc: { q: ['authorizationRequest.list'] } };

export async function handOn(): Promise<string | null> {
  const clientKey = await createClientKey();
  const { thumbprint: clientKeyThumbprint } = clientKey;
  const { token } = await client.scopedToken.issue({ subjectId: 'ada', scope, clientKeyThumbprint });
  if (token === null) return null;
  const ada = createCountersignClient({ url: 'http://127.0.0.1:4020', token, clientKey });
  await ada.authorizationRequest.list();
  return await attenuate(token, { cid: 'bookkeeper', scp: scope });
}
