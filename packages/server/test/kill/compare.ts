import type { Story } from './cycle.ts';
import type { FollowedEvent } from './log-follower.ts';
import type { Counted } from './tables.ts';

/** A request as the server shows it after everything. */
export interface FoundRequest {
  readonly id: string;
  readonly subjectId: string;
  readonly state: string;
  readonly createdAt: string;
  readonly grantedAt: string | null;
  readonly consumedAt: string | null;
}

const stateOfLast: Readonly<Record<string, string>> = { consumed: 'granted' };

/** Acknowledged and not found, or found otherwise. */
export function findLost(stories: readonly Story[], found: readonly FoundRequest[]): string[] {
  const byId = new Map(found.map((request) => [request.id, request]));
  return stories.flatMap(({ id, subjectId, events, times }) => {
    const last = events.at(-1) ?? '';
    const wanted = { id, subjectId, state: stateOfLast[last] ?? last, ...times };
    const request = byId.get(id);
    if (request === undefined) return [`${id} was acknowledged and is gone`];
    return (Object.keys(wanted) as (keyof FoundRequest)[])
      .filter((key) => request[key] !== wanted[key])
      .map((key) => `${id}: ${key} was acknowledged as ${wanted[key]} and is ${request[key]}`);
  });
}

/** Every request's events, as they were read from the log: those acknowledged, once, in order, without gaps. */
export function findMistold(stories: readonly Story[], read: readonly FollowedEvent[]): string[] {
  const byRequest = Map.groupBy(read, (event) => event.about.id);
  const known = new Set(stories.map(({ id }) => id));
  const strangers = [...byRequest.keys()].filter((id) => !known.has(id));
  const mistold = stories.flatMap(({ id, events }) => {
    const wanted = events.map((type, index) => `${index + 1} ${type}`).join(', ');
    const told = (byRequest.get(id) ?? [])
      .map(({ sequence, type }) => `${sequence} ${type.replace('authorization_request.', '')}`)
      .join(', ');
    return told === wanted ? [] : [`${id}: the log tells ${told || 'nothing'} instead of ${wanted}`];
  });
  return [...strangers.map((id) => `the log tells of ${id}, which nobody was told of`), ...mistold];
}

/** Rows beside those that the clients know of: a second request or a key without a call. */
export function findSurplus(stories: readonly Story[], tables: Counted): string[] {
  const wanted = {
    requests: stories.length,
    subjects: new Set(stories.map(({ subjectId }) => subjectId)).size,
    events: stories.reduce((sum, { events }) => sum + events.length, 0),
    keys: stories.reduce((sum, { calls }) => sum + calls.length, 0),
  };
  return (Object.keys(wanted) as (keyof typeof wanted)[])
    .filter((name) => tables[name] !== wanted[name])
    .map((name) => `${tables[name]} ${name} in the tables, ${wanted[name]} by the acknowledgements`);
}
