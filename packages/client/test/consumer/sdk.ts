/** The SDK as a program of somebody else's sees it: its types alone, without Node's. */
import {
  createCountersignClient,
  isCountersignError,
  type AuthorizationRequestCreateInput,
  type CountersignProcedures,
} from '@countersign/client';

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
