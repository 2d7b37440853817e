import type { PendingAuthorization } from '../../authorization/pending.ts';
import type { CountersignClient } from '../../countersign-client.ts';
import { isCountersignError, reasonOf } from '../../error.ts';
import type { AuthorizationRequest, Challenge, EventByType } from '../../generated/schema.ts';
import { pause } from '../../pause.ts';
import { now } from '../../runtime.ts';
import { answered, isAway } from './answered.ts';
import { viewAtFirst, type CeremonyView } from './ceremony-view.ts';
import { createChallenges } from './challenges.ts';
import { information, mistake, noticeOf, type Notice } from './notice.ts';
import { asksNothing, beginsByItself, isQuiet } from './way.ts';

export type ProofGiven = Readonly<Record<string, unknown>> & { readonly method: string };

/** One pending authorization, from its arrival until nothing of it is shown any more. */
export interface Ceremony {
  readonly id: string;
  view(): CeremonyView;
  subscribe(listener: () => void): () => void;
  /** Null: the person wants to choose anew. */
  choose(method: string | null): void;
  /** Asks by the chosen way, also once more: a new message, new digits. */
  ask(): void;
  prove(proof: ProofGiven): void;
  /** Proves by what a window of the browser gives; null when the person has closed that. */
  proveBy(window: (challenge: Challenge, signal: AbortSignal) => Promise<ProofGiven | null>): void;
  haveMoreTime(): void;
  /** "This was not me." */
  disown(): void;
  /** The person closes it: at once, or when the proof that is being judged is answered. */
  close(): void;
  /** Nobody looks any more. */
  abandon(): void;
}

const betweenWatchesMilliseconds = 500;
const grantedShownMilliseconds = 1_600;
/** Whether a time has passed is the server's to say; it is asked so much later. */
const afterTimeMilliseconds = 200;

/**
 * Follows a request and does what the person wants, apart from how it is shown. What it tells of the request was read
 * from the request itself; events only tell when to look. `gone` is called once: then nothing is to be shown of it.
 */
export function createCeremony(
  client: CountersignClient,
  pending: PendingAuthorization,
  gone: () => void,
): Ceremony {
  const { id } = pending.request;
  const { authorizationRequest: requests } = client;
  const over = new AbortController();
  const challenges = createChallenges();
  const listeners = new Set<() => void>();
  let view = viewAtFirst(pending.request);
  /** Ends what the person waits for just now. */
  let acting = new AbortController();
  /** Challenges that were answered here: what was read before is older. */
  let answers = 0;
  let afterwards: (() => void) | null = null;
  let alarm: ReturnType<typeof setTimeout> | undefined;

  const serverTime = (): number => now() + view.skew;
  const isOpen = (): boolean => view.request.state === 'waiting' && !over.signal.aborted;

  function change(part: Partial<CeremonyView>): void {
    view = { ...view, ...part };
    for (const listener of listeners) listener();
  }

  function leave(): void {
    if (over.signal.aborted) return;
    clearTimeout(alarm);
    over.abort();
    acting.abort();
    queueMicrotask(gone); // Whoever made this has it by then.
  }

  /** What was read before a decision or a reset may arrive after it. */
  function take(request: AuthorizationRequest): void {
    if (!isOpen() || request.expiresAt < view.request.expiresAt) return;
    challenges.learn(request);
    change({ request, challenge: challenges.open(view.method, serverTime()) });
    setAlarm();
    if (isOpen()) return;
    acting.abort();
    if (request.state === 'cancelled') leave();
    if (request.state === 'granted') void pause(grantedShownMilliseconds, over.signal).then(leave);
  }

  async function look(): Promise<void> {
    const before = answers;
    const request = await requests.get({ id }, { signal: over.signal });
    if (before === answers) take(request);
    else await look();
  }

  /** Looks when the time of the challenge or of the request has passed, until it is decided. */
  function setAlarm(): void {
    clearTimeout(alarm);
    if (!isOpen()) return;
    const end = Math.min(view.request.expiresAt.getTime(), view.challenge?.expiresAt.getTime() ?? Infinity);
    const wait = Math.max(end - serverTime(), betweenWatchesMilliseconds) + afterTimeMilliseconds;
    alarm = setTimeout(() => void look().then(setAlarm, setAlarm), wait);
  }

  /** Each watch begins with how the request stands, so nothing is missed when one is cut off. */
  async function follow(): Promise<void> {
    while (isOpen()) {
      try {
        for await (const event of pending.request.watch({ signal: over.signal }))
          if (event.type === 'authorization_request.snapshot') {
            change({ skew: event.occurredAt.getTime() - now() });
            take(event.data.request);
          } else {
            if (event.type === 'authorization_request.check_failed') failed(event.data);
            await look();
          }
      } catch (error) {
        if (!isAway(error)) throw error;
      }
      await pause(betweenWatchesMilliseconds, over.signal);
    }
  }

  /** On the phone, or in another page; what was wrong here is said with its answer. */
  function failed({ method, attemptsLeft }: EventByType['authorization_request.check_failed']['data']): void {
    if (method === 'device') challenges.end(method);
    if (view.busy !== 'proving') change({ notice: wrong(attemptsLeft) });
  }

  const sure = <Answer>(call: (idempotencyKey: string) => Promise<Answer>): Promise<Answer> =>
    answered(call, (isOffline) => change({ isOffline }), acting.signal);

  /** One thing at a time: what is under way ends first. */
  async function act(busy: 'proving' | 'asking', run: () => Promise<Notice | null>): Promise<void> {
    if (view.busy !== null || !isOpen()) return;
    acting = new AbortController();
    change({ busy, notice: null });
    const notice = await run().catch(refused);
    change({
      busy: null,
      isLeaving: false,
      isOffline: !navigator.onLine,
      ...(isOpen() && notice && { notice, refusals: view.refusals + (notice.tone === 'error' ? 1 : 0) }),
    });
    const next = afterwards;
    afterwards = null;
    if (isOpen()) next?.();
  }

  async function refused(error: unknown): Promise<Notice> {
    const reason = reasonOf(error);
    if (reason === 'expired' || reason === 'not_waiting' || reason === 'delivery_failed')
      await look().catch(() => undefined);
    if (reason === 'delivery_failed') change({ undelivered: view.method });
    if (isCountersignError(error, 'rate_limited') && view.method !== 'device')
      change({ isSentOut: error.details?.retryAt === undefined });
    return noticeOf(error, view.skew);
  }

  async function challengeBy(method: string): Promise<Challenge> {
    const challenge = await sure((idempotencyKey) => requests.challenge({ id, method, idempotencyKey }));
    answers += 1;
    challenges.add(challenge);
    change({ challenge: challenges.open(view.method, serverTime()), undelivered: null });
    return challenge;
  }

  async function grantBy(proof: ProofGiven): Promise<Notice | null> {
    const answer = await sure((idempotencyKey) => requests.grant({ id, proof, idempotencyKey }));
    take(answer.request);
    return answer.granted ? null : wrong(answer.attemptsLeft);
  }

  /** When what is under way is answered, unless that has decided it: a proof that has left may grant. */
  function onceAnswered(then: () => void): void {
    afterwards = then;
    change({ isLeaving: view.busy === 'proving' });
    acting.abort();
  }

  function shut(): void {
    if (isOpen()) pending.cancel();
    leave();
  }

  function deny(): void {
    void act('asking', async () => {
      const denied = await sure((idempotencyKey) => requests.deny({ id, reason: 'not_me', idempotencyKey }));
      change({ isDisowned: true });
      take(denied);
      return null;
    });
  }

  function ask(): void {
    const { method } = view;
    if (method === null) return;
    const isAgain = challenges.wasAsked(method);
    void act('asking', async () => {
      const { sentTo } = await challengeBy(method);
      return isAgain && sentTo !== null ? information((messages) => messages.sentAgain) : null;
    });
  }

  function choose(method: string | null): void {
    change({ method, challenge: challenges.open(method, serverTime()), notice: null });
    if (method !== null && view.challenge === null && !asksNothing(method)) ask();
  }

  const network = (): void => change({ isOffline: !navigator.onLine });
  for (const type of ['online', 'offline']) addEventListener(type, network, { signal: over.signal });
  take(pending.request);
  void follow().catch(() => undefined); // Whoever made the call is told of it.
  const ended = (): void => {
    const undecided = (): void => {
      if (isOpen()) leave();
    };
    void look().then(undecided, undecided);
  };
  if (pending.signal.aborted) ended();
  else pending.signal.addEventListener('abort', ended);

  /** The server lists the ways in the order of the operation. */
  const [preferred] = view.request.methods;
  if (view.method === null && preferred !== undefined && beginsByItself(preferred)) choose(preferred);

  return {
    id,
    view: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    choose,
    ask,
    prove: (proof) => void act('proving', () => grantBy(proof)),
    proveBy: (window) =>
      void act('proving', async () => {
        const challenge = view.challenge ?? (await challengeBy(view.method ?? ''));
        const proof = await window(challenge, acting.signal).catch(() => undefined);
        if (proof === undefined) return mistake((messages) => messages.wayGone);
        return proof === null ? information((messages) => messages.calledOff) : await grantBy(proof);
      }),
    haveMoreTime: () =>
      void act('asking', async () => {
        const { methods } = view.request;
        const method = view.method ?? methods.find(isQuiet) ?? methods[0];
        if (method !== undefined && !isQuiet(method)) change({ method });
        const { request, challenge } = await sure((idempotencyKey) =>
          requests.reset({ id, method, idempotencyKey }),
        );
        answers += 1;
        take(request);
        return information((messages) => messages.extended(challenge !== null && challenge.sentTo !== null));
      }),
    disown: () => (view.busy === null ? deny() : onceAnswered(deny)),
    close: () => (view.busy === 'proving' ? onceAnswered(shut) : shut()),
    abandon: shut,
  };
}

function wrong(attemptsLeft: number): Notice {
  return mistake((messages) => messages.wrong(attemptsLeft));
}
