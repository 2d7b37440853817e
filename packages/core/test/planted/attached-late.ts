import type { Core, CoreContext, EventView } from '../../src/index.ts';

/** Bug 47: first the present state is read, then what is new is listened to. What happens in between is told nobody. */
export async function* attachedLate(
  core: Core,
  context: CoreContext,
  { id }: { readonly id: string },
): AsyncGenerator<{ readonly type: string; readonly sequence: number }, void> {
  const request = await core.authorizationRequest.get(context, { id });
  const heard: EventView[] = [];
  let ring = Promise.withResolvers<void>();
  const leave = core.event.reader.subscribe((events) => {
    heard.push(...events.filter(({ about }) => about.id === request.id));
    ring.resolve();
  });
  try {
    yield { type: 'authorization_request.snapshot', sequence: 0 };
    for (;;) {
      yield* heard.splice(0);
      await ring.promise;
      ring = Promise.withResolvers<void>();
    }
  } finally {
    leave();
  }
}
