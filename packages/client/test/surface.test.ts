import { expectTypeOf, it } from 'vitest';
import {
  createCountersignClient,
  type AuthorizationRequestGrantedEvent,
  type AuthorizationRequestHandle,
  type Event,
} from '../src/index.ts';

const client = createCountersignClient({ url: 'http://localhost:4020/trpc' });

it('narrows events to the types that are asked for', () => {
  type ItemOf<Stream> = Stream extends AsyncIterable<infer Item> ? Item : never;
  const granted = client.event.stream({ types: ['authorization_request.granted'] });
  expectTypeOf<ItemOf<typeof granted>>().toEqualTypeOf<AuthorizationRequestGrantedEvent>();
  const every = client.event.stream({ slug: 'transfer' });
  expectTypeOf<ItemOf<typeof every>>().toEqualTypeOf<Event>();
  const listed = () => client.event.list({ types: ['authorization_request.granted'], limit: 10 });
  expectTypeOf<ItemOf<ReturnType<typeof listed>>>().toEqualTypeOf<AuthorizationRequestGrantedEvent>();
  expectTypeOf<Awaited<ReturnType<typeof listed>>['items']>().toEqualTypeOf<
    AuthorizationRequestGrantedEvent[]
  >();
});

it('gives requests that can be waited for', () => {
  expectTypeOf(
    client.authorizationRequest.create,
  ).returns.resolves.toEqualTypeOf<AuthorizationRequestHandle>();
  expectTypeOf(client.authorizationRequest.get).returns.resolves.toEqualTypeOf<AuthorizationRequestHandle>();
});
