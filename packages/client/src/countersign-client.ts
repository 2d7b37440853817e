import type { AuthorizationRequestHandle } from './authorization-request/handle.ts';
import type {
  AuthorizationRequestProcedures,
  CallOptions,
  CountersignProcedures,
  EventProcedures,
} from './generated/client.ts';
import type {
  AuthorizationRequest,
  AuthorizationRequestCreateInput,
  AuthorizationRequestGetInput,
  AuthorizationRequestListInput,
  AuthorizationRequestListOutput,
  EventByType,
  EventListInput,
  EventListOutput,
  EventStreamInput,
  EventType,
} from './generated/schema.ts';
import type { Pages } from './pages.ts';

/** Every procedure of the server as a method, and what the wire leaves to its client. */
export interface CountersignClient
  extends Omit<CountersignProcedures, 'authorizationRequest' | 'event'>, AsyncDisposable {
  readonly authorizationRequest: AuthorizationRequests;
  readonly event: Events;
  /**
   * Ends every stream, quietly, and every call that is under way; afterwards nothing of it keeps a process
   * alive.
   */
  close(): Promise<void>;
}

/** `client.authorizationRequest`: what is created or read can be waited for, and lists iterated. */
export interface AuthorizationRequests extends Omit<
  AuthorizationRequestProcedures,
  'create' | 'get' | 'list'
> {
  /**
   * Asks for the authorization of one operation with these exact values; `request.granted()` waits for it.
   *
   * @see AuthorizationRequestProcedures.create for its input and refusals.
   */
  create(input: AuthorizationRequestCreateInput, options?: CallOptions): Promise<AuthorizationRequestHandle>;
  /**
   * One request, as this actor may see it: also to wait for it again after a reload.
   *
   * @throws CountersignError `not_found` when it is unknown, or somebody else's.
   */
  get(input: AuthorizationRequestGetInput, options?: CallOptions): Promise<AuthorizationRequestHandle>;
  /** Newest first: awaited the first page, iterated all of them. */
  list(
    input?: AuthorizationRequestListInput,
    options?: CallOptions,
  ): Pages<AuthorizationRequestListOutput, AuthorizationRequest>;
}

/** `client.event`: the log, page by page or as it happens. `types` narrows what comes, in its type too. */
export interface Events extends Omit<EventProcedures, 'list' | 'stream'> {
  /** The log after a cursor, in commit order: awaited one page, iterated all there is now. */
  list<Type extends EventType = EventType>(
    input?: Narrowed<EventListInput, Type>,
    options?: CallOptions,
  ): Pages<EventPage<Type>, EventByType[Type]>;
  /**
   * The log as it is written, for ever, across any number of connections: each event once and in its order.
   * It begins now, at the start, or after `lastEventId`, and ends when the loop is left or the signal given.
   *
   * @throws CountersignError for what repeating would not change: `unauthenticated`, `forbidden`,
   * `insufficient_scope`, `invalid_input`, `not_found`.
   */
  stream<Type extends EventType = EventType>(
    input?: Narrowed<EventStreamInput, Type>,
    options?: CallOptions,
  ): AsyncIterable<EventByType[Type]>;
}

type Narrowed<Input, Type extends EventType> = Omit<Input, 'types'> & {
  readonly types?: readonly Type[] | undefined;
};

export interface EventPage<Type extends EventType = EventType> extends Omit<EventListOutput, 'items'> {
  items: EventByType[Type][];
}
