import { z } from 'zod';
import { bindings } from '../../binding.ts';
import type { EventKind } from './kind.ts';

const time = z.iso.datetime();
const binding = z.enum(bindings);
const hashes = { dataHash: z.string(), displayHash: z.string() };

/** The life of an authorization request. */
export const authorizationRequestEvents = {
  'authorization_request.created': {
    summary: 'A dangerous operation waits for its authorization.',
    full: z.object({
      title: z.string(),
      methods: z.array(z.string()),
      requiredBinding: binding,
      expiresAt: time,
      by: z.string(),
      ...hashes,
    }),
    public: z.object({
      title: z.string(),
      methods: z.array(z.string()),
      requiredBinding: binding,
      expiresAt: time,
      ...hashes,
    }),
  },
  'authorization_request.challenged': {
    summary: 'A proof was asked for: a code was made, a device prompted.',
    full: z.object({
      challengeId: z.string(),
      method: z.string(),
      factorId: z.string().nullable(),
      sentTo: z.string().nullable(),
      expiresAt: time,
      sendsLeft: z.number().int(),
    }),
    public: z.object({
      challengeId: z.string(),
      method: z.string(),
      sentTo: z.string().nullable(),
      expiresAt: time,
    }),
  },
  'authorization_request.check_failed': {
    summary: 'A wrong proof was presented and cost an attempt.',
    full: z.object({
      method: z.string(),
      command: z.enum(['check', 'grant']),
      attemptsLeft: z.number().int(),
      by: z.string(),
    }),
    public: z.object({ method: z.string(), attemptsLeft: z.number().int() }),
  },
  'authorization_request.granted': {
    summary: 'The person authorized the operation; it may be executed once.',
    full: z.object({
      method: z.string(),
      factorId: z.string().nullable(),
      challengeId: z.string().nullable(),
      binding,
      executeBefore: time,
      by: z.string(),
      ...hashes,
    }),
    public: z.object({ method: z.string(), binding, executeBefore: time, ...hashes }),
  },
  'authorization_request.denied': {
    summary: 'The operation was refused: by the person, or after the last wrong proof.',
    full: z.object({ reason: z.enum(['declined', 'not_me', 'attempts_exhausted']), by: z.string() }),
    public: z.object({ reason: z.enum(['declined', 'not_me', 'attempts_exhausted']) }),
  },
  'authorization_request.cancelled': {
    summary: 'The operation was called off before a decision.',
    full: z.object({ by: z.string() }),
    public: z.object({}),
  },
  'authorization_request.expired': {
    summary: 'Nobody answered in time.',
    full: z.object({ expiresAt: time }),
    public: z.object({ expiresAt: time }),
  },
  'authorization_request.reset': {
    summary: 'The codes so far are void; a new one was asked for. Attempts were not refilled.',
    full: z.object({ expiresAt: time, by: z.string() }),
    public: z.object({ expiresAt: time }),
  },
  'authorization_request.consumed': {
    summary: 'The authorization was used. It cannot be used again.',
    full: z.object({ dataHash: z.string(), by: z.string() }),
    public: z.object({ dataHash: z.string() }),
  },
} as const satisfies Record<string, EventKind>;
