// Made from the router and its schemas by `npm run generate`. A change belongs there; a check fails when this
// is not up to date.

/** Where a request stands. `waiting` is the one that still changes. */
export type AuthorizationRequestState = 'waiting' | 'granted' | 'denied' | 'cancelled' | 'expired';

/**
 * How strongly a proof is tied to the data of the operation, weakest first: `none` (an authenticator
 * app knows nothing of it), `server` (the message that carried the code showed it), `cryptographic` (a
 * key signed its hash).
 */
export type Binding = 'none' | 'server' | 'cryptographic';

/** What an event can be about. */
export type AboutKind =
  | 'authorization_request'
  | 'confirmation'
  | 'factor'
  | 'device'
  | 'scoped_token'
  | 'subject'
  | 'webhook';

/** A line that the person reads. */
export interface Fact {
  /** Text of 1 to 40 characters. */
  label: string;
  /** Text of at most 200 characters. */
  value: string;
}

/** Something of yours that a request is about. */
export interface RelatedObject {
  /** Text of 1 to 64 characters. */
  type: string;
  /** Text of 1 to 200 characters. */
  id: string;
}

/** One dangerous operation that waits for its authorization, or was decided. */
export interface AuthorizationRequest {
  /** The id of the request. */
  id: `areq_${string}`;
  /** The operation. */
  slug: string;
  /** Whose consent it is: an id of the host. */
  subjectId: string;
  /** The one session that may see and use it, or null. */
  sessionId: string | null;
  /** What the person reads first. */
  title: string;
  /** What the person reads next, if there is more. */
  description: string | null;
  /** What the person reads, made by the server. */
  facts: FactView[];
  /** The exact values that are authorized. */
  data: unknown;
  /** Base64url SHA-256 of slug and canonical data. */
  dataHash: string;
  /** Base64url SHA-256 of the text the person reads. */
  displayHash: string;
  /** What of yours it is about. */
  relatedObjects: RelatedObjectView[];
  /** Where it stands; only `waiting` still changes. */
  state: AuthorizationRequestState;
  /** Why it was denied: declined, not_me, attempts_exhausted. */
  reason: string | null;
  /** The ways to prove that are possible here. */
  methods: string[];
  /** How strongly the proof must be tied to the data. */
  requiredBinding: Binding;
  /** How strongly the proof was tied to the data, once granted. */
  binding: Binding | null;
  /** Wrong proofs that are left, all methods together. Whole number. */
  attemptsLeft: number;
  createdAt: Date;
  /** Until when it can be answered. */
  expiresAt: Date;
  /** When it stopped waiting. */
  decidedAt: Date | null;
  grantedAt: Date | null;
  /** Until when the grant can be consumed. */
  executeBefore: Date | null;
  consumedAt: Date | null;
  /** The newest open challenge; always null in a list. */
  challenge: Challenge | null;
}

/** A line as the person reads it. */
export interface FactView {
  label: string;
  value: string;
}

/** Something of yours that the request is about. */
export interface RelatedObjectView {
  type: string;
  id: string;
}

/** One demand for proof, as the actor who asked for it sees it. */
export interface Challenge {
  id: `chal_${string}`;
  /** The way to prove. */
  method: string;
  factorId: string | null;
  /** Until when it can be answered. */
  expiresAt: Date;
  /** Where the message went, masked. */
  sentTo: string | null;
  /** What the method needs in the browser: passkey options, a device nonce. */
  options: unknown;
  /** To be carried to the device by the person; only for who asked. */
  digits: string | null;
  /** When a further message may be asked for. */
  resendAfter: Date | null;
}

/** What proves; told apart by its method. A method of your own has a shape of its own. */
export type Proof =
  | {
      /** Text like `^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,36}$`. */
      uuid: string;
      /** Text like `^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$`. */
      secret: string;
      /** Text like `^[0-9]{6,10}$`. */
      digits: string;
      method: 'device';
    }
  | {
      /** Text like `^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,36}$`. */
      uuid: string;
      /** r‖s on P-256, or what Ed25519 makes; base64url. Text like `^[A-Za-z0-9_-]{85}[AQgw]$`. */
      signature: string;
      decision: 'grant';
      /** Text like `^[0-9]{3,10}$`. */
      digits: string;
      method: 'device';
    }
  | {
      /** Text like `^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,36}$`. */
      uuid: string;
      /** r‖s on P-256, or what Ed25519 makes; base64url. Text like `^[A-Za-z0-9_-]{85}[AQgw]$`. */
      signature: string;
      decision: 'deny';
      /** May be empty: refusing needs none. Text like `^([0-9]{3,10})?$`. */
      digits: string;
      method: 'device';
    }
  | {
      /** Text like `^[0-9]{6,10}$`. */
      code: string;
      method: 'otp';
    }
  | {
      response: PasskeyAssertion;
      method: 'passkey';
    }
  | {
      /** Text like `^(?:[ -]*[0-9A-TV-Za-tv-z]){16}[ -]*$`. */
      code: string;
      method: 'recovery-code';
    }
  | {
      /** Text like `^[0-9]{6}$`. */
      code: string;
      method: 'totp';
    }
  | {
      /** Text of 1 to 64 characters. */
      method: string;
      [key: string]: unknown;
    };

/** Which consent paid for an execution; to be kept beside your own write. */
export interface Receipt {
  authorizationRequestId: string;
  slug: string;
  subjectId: string;
  sessionId: string | null;
  dataHash: string;
  displayHash: string;
  binding: Binding;
  grantedAt: Date;
  consumedAt: Date;
}

/** The request as it is: what a watch begins with. No event of the log. */
export interface AuthorizationRequestSnapshotEvent {
  /** The cursor: give it back for the events that this watch goes on with. */
  id: `evt_${string}`;
  type: 'authorization_request.snapshot';
  occurredAt: Date;
  subjectId: string | null;
  slug: string | null;
  about: {
    kind: AboutKind;
    id: string;
  };
  /** The newest event that is contained in it. Whole number. */
  sequence: number;
  data: {
    request: AuthorizationRequest;
  };
  /** What the caller of the mutation passed along; null for subjects and devices. */
  context: unknown;
}

/** What all events have. */
export interface EventEnvelope {
  /** The cursor: give it back to go on after this event. */
  id: `evt_${string}`;
  occurredAt: Date;
  subjectId: string | null;
  slug: string | null;
  about: {
    kind: AboutKind;
    id: string;
  };
  /** 1, 2, 3 … for each thing, without a gap. Whole number. */
  sequence: number;
  /** What the caller of the mutation passed along; null for subjects and devices. */
  context: unknown;
}

/** A dangerous operation waits for its authorization. */
export interface AuthorizationRequestCreatedEvent extends EventEnvelope {
  type: 'authorization_request.created';
  data: {
    title: string;
    methods: string[];
    requiredBinding: Binding;
    /** Time as ISO 8601 text. */
    expiresAt: string;
    /** For the service only. */
    by?: string | undefined;
    dataHash: string;
    displayHash: string;
  };
}

/** A proof was asked for: a code was made, a device prompted. */
export interface AuthorizationRequestChallengedEvent extends EventEnvelope {
  type: 'authorization_request.challenged';
  data: {
    challengeId: string;
    method: string;
    /** For the service only. */
    factorId?: string | null | undefined;
    sentTo: string | null;
    /** Time as ISO 8601 text. */
    expiresAt: string;
    /** For the service only. Whole number. */
    sendsLeft?: number | undefined;
  };
}

/** A wrong proof was presented and cost an attempt. */
export interface AuthorizationRequestCheckFailedEvent extends EventEnvelope {
  type: 'authorization_request.check_failed';
  data: {
    method: string;
    /** For the service only. */
    command?: 'check' | 'grant' | undefined;
    /** Whole number. */
    attemptsLeft: number;
    /** For the service only. */
    by?: string | undefined;
  };
}

/** The person authorized the operation; it may be executed once. */
export interface AuthorizationRequestGrantedEvent extends EventEnvelope {
  type: 'authorization_request.granted';
  data: {
    method: string;
    /** For the service only. */
    factorId?: string | null | undefined;
    /** For the service only. */
    challengeId?: string | null | undefined;
    binding: Binding;
    /** Time as ISO 8601 text. */
    executeBefore: string;
    /** For the service only. */
    by?: string | undefined;
    dataHash: string;
    displayHash: string;
  };
}

/** The operation was refused: by the person, or after the last wrong proof. */
export interface AuthorizationRequestDeniedEvent extends EventEnvelope {
  type: 'authorization_request.denied';
  data: {
    reason: 'declined' | 'not_me' | 'attempts_exhausted';
    /** For the service only. */
    by?: string | undefined;
  };
}

/** The operation was called off before a decision. */
export interface AuthorizationRequestCancelledEvent extends EventEnvelope {
  type: 'authorization_request.cancelled';
  data: {
    /** For the service only. */
    by?: string | undefined;
  };
}

/** Nobody answered in time. */
export interface AuthorizationRequestExpiredEvent extends EventEnvelope {
  type: 'authorization_request.expired';
  data: {
    /** Time as ISO 8601 text. */
    expiresAt: string;
  };
}

/** The codes so far are void; a new one was asked for. Attempts were not refilled. */
export interface AuthorizationRequestResetEvent extends EventEnvelope {
  type: 'authorization_request.reset';
  data: {
    /** Time as ISO 8601 text. */
    expiresAt: string;
    /** For the service only. */
    by?: string | undefined;
  };
}

/** The authorization was used. It cannot be used again. */
export interface AuthorizationRequestConsumedEvent extends EventEnvelope {
  type: 'authorization_request.consumed';
  data: {
    dataHash: string;
    /** For the service only. */
    by?: string | undefined;
  };
}

/** A confirmation was asked for. */
export interface ConfirmationRequestedEvent extends EventEnvelope {
  type: 'confirmation.requested';
  data: {
    method: string;
    /** For the service only. */
    purpose?: string | null | undefined;
  };
}

/** The proof was right. */
export interface ConfirmationConfirmedEvent extends EventEnvelope {
  type: 'confirmation.confirmed';
  data: {
    method: string;
  };
}

/** A wrong proof was presented and cost an attempt. */
export interface ConfirmationFailedEvent extends EventEnvelope {
  type: 'confirmation.failed';
  data: {
    /** For the service only. */
    method?: string | undefined;
    /** Whole number. */
    attemptsLeft: number;
  };
}

/** The confirmation was used. It cannot be used again. */
export interface ConfirmationUsedEvent extends EventEnvelope {
  type: 'confirmation.used';
  data: {
    /** For the service only. */
    purpose?: string | null | undefined;
  };
}

/** Nobody answered in time. */
export interface ConfirmationExpiredEvent extends EventEnvelope {
  type: 'confirmation.expired';
  data: Record<string, never>;
}

/** A factor was added. */
export interface FactorCreatedEvent extends EventEnvelope {
  type: 'factor.created';
  data: {
    method: string;
    /** What a person recognises it by, masked. For the service only. */
    hint?: string | null | undefined;
    /** For the service only. */
    by?: string | undefined;
  };
}

/** A factor was proven for the first time. */
export interface FactorConfirmedEvent extends EventEnvelope {
  type: 'factor.confirmed';
  data: {
    method: string;
    /** What a person recognises it by, masked. For the service only. */
    hint?: string | null | undefined;
    /** For the service only. */
    by?: string | undefined;
  };
}

/** A factor was changed. */
export interface FactorChangedEvent extends EventEnvelope {
  type: 'factor.changed';
  data: {
    method: string;
    /** What was changed: names, never values. For the service only. */
    changes?: string[] | undefined;
    /** For the service only. */
    by?: string | undefined;
  };
}

/** A factor was removed. */
export interface FactorRemovedEvent extends EventEnvelope {
  type: 'factor.removed';
  data: {
    method: string;
    /** For the service only. */
    by?: string | undefined;
  };
}

/** A factor was locked after too many wrong proofs. */
export interface FactorLockedEvent extends EventEnvelope {
  type: 'factor.locked';
  data: {
    method: string;
  };
}

/** A factor was unlocked. */
export interface FactorUnlockedEvent extends EventEnvelope {
  type: 'factor.unlocked';
  data: {
    method: string;
  };
}

/** A device was registered. */
export interface DeviceRegisteredEvent extends EventEnvelope {
  type: 'device.registered';
  data: {
    /** For the service only. */
    uuid?: string | undefined;
    keyed: boolean;
  };
}

/** A device was revoked. */
export interface DeviceRevokedEvent extends EventEnvelope {
  type: 'device.revoked';
  data: {
    /** For the service only. */
    uuid?: string | undefined;
  };
}

/** Another device became the primary one. */
export interface DevicePrimaryChangedEvent extends EventEnvelope {
  type: 'device.primary_changed';
  data: {
    /** For the service only. */
    uuid?: string | undefined;
  };
}

/** A token was issued, or a lesser copy of one to its subject. */
export interface ScopedTokenIssuedEvent extends EventEnvelope {
  type: 'scoped_token.issued';
  data: {
    /** When the token, or the copy, expires. Time as ISO 8601 text. */
    expiresAt: string;
    /** For the service only. */
    recipient?: string | null | undefined;
    /** Whether this is a copy of a token that was issued before. */
    narrowed: boolean;
    /** The name by which the copy can be revoked alone. For the service only. */
    delegateId?: string | null | undefined;
  };
}

/** A token was revoked, or one delegate of it. */
export interface ScopedTokenRevokedEvent extends EventEnvelope {
  type: 'scoped_token.revoked';
  data: {
    /** For the service only. */
    by?: string | undefined;
    /** The one delegate; null for the token with all of them. For the service only. */
    delegateId?: string | null | undefined;
  };
}

/** A token that we issued was refused. */
export interface ScopedTokenRejectedEvent extends EventEnvelope {
  type: 'scoped_token.rejected';
  data: {
    /** Why, exactly. The caller was not told. For the service only. */
    reason?: string | undefined;
    /** What was called: a type of procedure, or an HTTP method. For the service only. */
    type?: string | null | undefined;
    /** What was called, as far as it is known. For the service only. */
    path?: string | null | undefined;
    /**
     * How many refusals it stands for: of one token for one reason it is told once a minute. For the
     * service only. Whole number.
     */
    times?: number | undefined;
  };
}

/** A subject reached the limit of wrong proofs. */
export interface SubjectLockedEvent extends EventEnvelope {
  type: 'subject.locked';
  data: {
    /** Time as ISO 8601 text or null. */
    until: string | null;
  };
}

/** An operator unlocked a subject. */
export interface SubjectUnlockedEvent extends EventEnvelope {
  type: 'subject.unlocked';
  data: {
    /** For the service only. */
    by?: string | undefined;
  };
}

/** A person said with a signature: this was not me. */
export interface AbuseReportedEvent extends EventEnvelope {
  type: 'abuse.reported';
  data: {
    /** For the service only. */
    requestId?: string | undefined;
    /** For the service only. */
    factorId?: string | undefined;
  };
}

/** An endpoint was switched off: it failed for too long, said that it is gone, or an operator did it. */
export interface WebhookDisabledEvent extends EventEnvelope {
  type: 'webhook.disabled';
  data: {
    /** `gone`: it answered 410 · `failing`: nothing was taken for the whole schedule. For the service only. */
    reason?: 'gone' | 'failing' | 'operator' | undefined;
    /** For the service only. */
    by?: string | undefined;
  };
}

/** Every event, by its type. */
export interface EventByType {
  /** A dangerous operation waits for its authorization. */
  'authorization_request.created': AuthorizationRequestCreatedEvent;
  /** A proof was asked for: a code was made, a device prompted. */
  'authorization_request.challenged': AuthorizationRequestChallengedEvent;
  /** A wrong proof was presented and cost an attempt. */
  'authorization_request.check_failed': AuthorizationRequestCheckFailedEvent;
  /** The person authorized the operation; it may be executed once. */
  'authorization_request.granted': AuthorizationRequestGrantedEvent;
  /** The operation was refused: by the person, or after the last wrong proof. */
  'authorization_request.denied': AuthorizationRequestDeniedEvent;
  /** The operation was called off before a decision. */
  'authorization_request.cancelled': AuthorizationRequestCancelledEvent;
  /** Nobody answered in time. */
  'authorization_request.expired': AuthorizationRequestExpiredEvent;
  /** The codes so far are void; a new one was asked for. Attempts were not refilled. */
  'authorization_request.reset': AuthorizationRequestResetEvent;
  /** The authorization was used. It cannot be used again. */
  'authorization_request.consumed': AuthorizationRequestConsumedEvent;
  /** A confirmation was asked for. */
  'confirmation.requested': ConfirmationRequestedEvent;
  /** The proof was right. */
  'confirmation.confirmed': ConfirmationConfirmedEvent;
  /** A wrong proof was presented and cost an attempt. */
  'confirmation.failed': ConfirmationFailedEvent;
  /** The confirmation was used. It cannot be used again. */
  'confirmation.used': ConfirmationUsedEvent;
  /** Nobody answered in time. */
  'confirmation.expired': ConfirmationExpiredEvent;
  /** A factor was added. */
  'factor.created': FactorCreatedEvent;
  /** A factor was proven for the first time. */
  'factor.confirmed': FactorConfirmedEvent;
  /** A factor was changed. */
  'factor.changed': FactorChangedEvent;
  /** A factor was removed. */
  'factor.removed': FactorRemovedEvent;
  /** A factor was locked after too many wrong proofs. */
  'factor.locked': FactorLockedEvent;
  /** A factor was unlocked. */
  'factor.unlocked': FactorUnlockedEvent;
  /** A device was registered. */
  'device.registered': DeviceRegisteredEvent;
  /** A device was revoked. */
  'device.revoked': DeviceRevokedEvent;
  /** Another device became the primary one. */
  'device.primary_changed': DevicePrimaryChangedEvent;
  /** A token was issued, or a lesser copy of one to its subject. */
  'scoped_token.issued': ScopedTokenIssuedEvent;
  /** A token was revoked, or one delegate of it. */
  'scoped_token.revoked': ScopedTokenRevokedEvent;
  /** A token that we issued was refused. */
  'scoped_token.rejected': ScopedTokenRejectedEvent;
  /** A subject reached the limit of wrong proofs. */
  'subject.locked': SubjectLockedEvent;
  /** An operator unlocked a subject. */
  'subject.unlocked': SubjectUnlockedEvent;
  /** A person said with a signature: this was not me. */
  'abuse.reported': AbuseReportedEvent;
  /** An endpoint was switched off: it failed for too long, said that it is gone, or an operator did it. */
  'webhook.disabled': WebhookDisabledEvent;
}

/** What the log tells of: a closed list. */
export type EventType = keyof EventByType;

/** One fact in the past. Told apart by `type`: `if (event.type === 'authorization_request.granted') event.data.method`. */
export type Event = EventByType[EventType];

/** A way of proving that this installation offers. */
export interface Method {
  id: `mth_${string}`;
  key: string;
  title: string;
  isDefault: boolean;
  /** JSON Schema of what a subject configures; null when nothing. */
  factorSchema: unknown;
  /** For operators only. */
  isActive?: boolean | undefined;
  /** JSON Schema of what an operator configures; null when nothing. For operators only. */
  settingsSchema?: unknown;
}

/** Something a subject can prove with. */
export interface Factor {
  id: `fact_${string}`;
  /** Whose it is: an id of the host. */
  subjectId: string;
  /** The method, as it is configured here. */
  methodId: `mth_${string}`;
  /** The key of the method. */
  method: string;
  /** What the person calls it; the title of the method when it has no name. */
  title: string;
  /** Only one that is `confirmed` can prove anything. */
  status: 'new' | 'in_process' | 'confirmed';
  /** Whether it may be used now. */
  isActive: boolean;
  /** Whether it is asked first; at most one of a subject is. */
  isDefault: boolean;
  /** What a person recognises it by, masked. */
  hint: string | null;
  createdAt: Date;
  /** When it last proved something. */
  lastUsedAt: Date | null;
}

/** A statement that a proof was given. It is used once. */
export interface Confirmation {
  /** The id of the confirmation. */
  id: `conf_${string}`;
  /** Where it stands; `in_process` as soon as anything was asked or tried. */
  status: 'new' | 'in_process' | 'confirmed' | 'used' | 'expired';
  /** Whether it can be used now. */
  isAvailable: boolean;
  /** What it is for; it serves nothing else. */
  purpose: string | null;
  /** The way to prove. */
  methodId: string;
  /** The one factor that can prove it, or null. */
  factorId: string | null;
  /** Whose it is: an id of the host, or null. */
  subjectId: string | null;
  /** What is to be confirmed, or null. */
  data: unknown;
  createdAt: Date;
  /** Until when it can be confirmed and used. */
  expiresAt: Date;
  confirmedAt: Date | null;
  usedAt: Date | null;
  /** Wrong proofs that are left. Whole number. */
  attemptsLeft: number;
  /** What was asked, while it can be answered. */
  challenge: Challenge | null;
}

/** A device that a subject can prove with. */
export interface Device {
  id: `fact_${string}`;
  /** Whose it is: an id of the host. */
  subjectId: string;
  /** The method, as it is configured here. */
  methodId: `mth_${string}`;
  /** The key of the method. */
  method: string;
  /** What the person calls it; the title of the method when it has no name. */
  title: string;
  /** Only one that is `confirmed` can prove anything. */
  status: 'new' | 'in_process' | 'confirmed';
  /** Whether it may be used now. */
  isActive: boolean;
  /** Whether it is asked first; at most one of a subject is. */
  isDefault: boolean;
  /** What a person recognises it by, masked. */
  hint: string | null;
  createdAt: Date;
  /** When it last proved something. */
  lastUsedAt: Date | null;
  /** How the device calls itself. */
  uuid: string;
  /** What the person calls it. */
  name: string | null;
  /** What kind of device or app it is, in words of the host. */
  slug: string | null;
  /** Whether it is prompted first; at most one of a subject is. */
  isPrimary: boolean;
  /** Whether it signs with a key of its own, or shows a secret of ours. */
  keyed: boolean;
}

/** What a token opens. What is not listed is denied. */
export interface Scope {
  /** Procedures, by the path relative to their router. */
  rpc?:
    | {
        /** Queries, by path: `invoice.*`. List of at most 64, each text of at most 256 characters. */
        q?: readonly string[] | undefined;
        /** Mutations. List of at most 64, each text of at most 256 characters. */
        m?: readonly string[] | undefined;
        /** Subscriptions. List of at most 64, each text of at most 256 characters. */
        s?: readonly string[] | undefined;
      }
    | undefined;
  /** HTTP requests, by method and path: `/api/v1/foo/**`. */
  http?:
    | {
        /** List of at most 64, each text of at most 256 characters. */
        GET?: readonly string[] | undefined;
        /** List of at most 64, each text of at most 256 characters. */
        HEAD?: readonly string[] | undefined;
        /** List of at most 64, each text of at most 256 characters. */
        POST?: readonly string[] | undefined;
        /** List of at most 64, each text of at most 256 characters. */
        PUT?: readonly string[] | undefined;
        /** List of at most 64, each text of at most 256 characters. */
        PATCH?: readonly string[] | undefined;
        /** List of at most 64, each text of at most 256 characters. */
        DELETE?: readonly string[] | undefined;
        /** List of at most 64, each text of at most 256 characters. */
        OPTIONS?: readonly string[] | undefined;
      }
    | undefined;
}

/** What the authority of a token says. */
export interface ScopedTokenClaims {
  jti: string;
  /** The subject. */
  sub: string;
  /** The service it is for. */
  aud: string;
  /** Issued at, in seconds. Whole number. */
  iat: number;
  /** Expires at, in seconds. Whole number. */
  exp: number;
  /** What it opens. */
  scp: {
    rpc?:
      | {
          q?: string[] | undefined;
          m?: string[] | undefined;
          s?: string[] | undefined;
        }
      | undefined;
    http?:
      | {
          [key: string]: string[];
        }
      | undefined;
  };
  /** Not valid before. Whole number. */
  nbf?: number | undefined;
  /** For whom it was made. */
  rcp?: string | undefined;
  /** The client key it is bound to. */
  cnf?:
    | {
        jkt: string;
      }
    | undefined;
  /** The granted request that pays for a call. */
  arq?:
    | {
        id: string;
        hash: string;
      }
    | undefined;
  /** The carriers it allows. */
  car?: string | undefined;
  /** Who made it on the subject’s behalf. */
  act?:
    | {
        sub: string;
      }
    | undefined;
  /** The session. */
  sid?: string | undefined;
  /** The subject’s security epoch when it was issued. Whole number. */
  epo?: number | undefined;
  ext?:
    | {
        [key: string]: unknown;
      }
    | undefined;
}

/** What a holder has narrowed a token by. */
export interface ScopedTokenBlock {
  /** Whole number. */
  exp?: number | undefined;
  scp?:
    | {
        rpc?:
          | {
              q?: string[] | undefined;
              m?: string[] | undefined;
              s?: string[] | undefined;
            }
          | undefined;
        http?:
          | {
              [key: string]: string[];
            }
          | undefined;
      }
    | undefined;
  /** The name of the delegate. */
  cid?: string | undefined;
  /** Not valid before. Whole number. */
  nbf?: number | undefined;
  /** For whom it was made. */
  rcp?: string | undefined;
  /** The client key it is bound to. */
  cnf?:
    | {
        jkt: string;
      }
    | undefined;
  /** The granted request that pays for a call. */
  arq?:
    | {
        id: string;
        hash: string;
      }
    | undefined;
  /** The carriers it allows. */
  car?: string | undefined;
}

/** A temporary credential that was issued. */
export interface ScopedToken {
  id: `cst_${string}`;
  subjectId: string;
  sessionId: string | null;
  recipient: string | null;
  /** The token it was narrowed from, by us. */
  delegateOf: `cst_${string}` | null;
  /** The request that pays for a call. */
  authorizationRequestId: string | null;
  issuedAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
}

export interface Subscriber {
  name: string;
  /** Parked: an event has failed too often; resume it. */
  state: 'active' | 'parked';
  /** The last event that it has, as a cursor. */
  cursor: string;
  /** How long the oldest event behind its place has been there, of whatever type; 0 when there is none. */
  lagSeconds: number;
  /** How often the failed event has failed in a row. Whole number. */
  failures: number;
  failedEventId: string | null;
  failedAt: Date | null;
  /**
   * The kind of error, and the id under which the log of its node has it; `unknown_event_type` and the
   * type while it waits for a node that knows the event.
   */
  failure: string | null;
  retryAt: Date | null;
  /** Which process handled its last batch. */
  node: string | null;
  createdAt: Date;
  movedAt: Date;
}

/** A credential of a service, or of an operator. */
export interface ServiceKey {
  /** Names the key without being it: for lists and revocation. */
  id: `key_${string}`;
  title: string;
  role: 'service' | 'operator';
  createdAt: Date;
  /** The kind of actor, and its key: `operator:key_…`. */
  createdBy: string;
  /** A day in UTC, such as `2026-11-22`. */
  lastUsedOn: string | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/** Where events are sent. */
export interface WebhookEndpoint {
  id: `whk_${string}`;
  url: string;
  description: string | null;
  /** Null: all of them. */
  types: EventType[] | null;
  slug: string | null;
  isActive: boolean;
  /** `gone`: it answered 410 · `failing`: it took nothing for the whole schedule · `operator`: by hand. */
  disabledReason: 'gone' | 'failing' | 'operator' | null;
  disabledAt: Date | null;
  /** Until then the secret before the last rotation signs as well. */
  previousSecretUntil: Date | null;
  /** To the minute. */
  lastDeliveredAt: Date | null;
  createdAt: Date;
  /** The kind of actor, and its key: `operator:key_…`. */
  createdBy: string;
  updatedAt: Date;
}

/** What came of a test message. It is in no log. */
export interface WebhookTest {
  /** Whether it answered 2xx. */
  delivered: boolean;
  at: Date;
  /** What it answered; null without an answer. Whole number or null. */
  status: number | null;
  /** Why there was no answer. */
  failure:
    | 'address_refused'
    | 'name_not_resolved'
    | 'redirected'
    | 'timed_out'
    | 'connection'
    | 'tls'
    | 'too_large'
    | 'aborted'
    | 'secret_unreadable'
    | null;
  /** Whole number. */
  milliseconds: number;
}

/** One event on its way to one endpoint. */
export interface WebhookDelivery {
  id: `whd_${string}`;
  endpointId: `whk_${string}`;
  /** The `webhook-id` of its messages. */
  eventId: `evt_${string}`;
  type: EventType;
  state: 'waiting' | 'delivered' | 'failed' | 'cancelled';
  isReplay: boolean;
  /** Null while it is being sent, and when nothing is owed any more. */
  nextTryAt: Date | null;
  /** What came of each, the first one first. */
  tries: {
    at: Date;
    /** What it answered; null without an answer. Whole number or null. */
    status: number | null;
    /** Why there was no answer. */
    failure:
      | 'address_refused'
      | 'name_not_resolved'
      | 'redirected'
      | 'timed_out'
      | 'connection'
      | 'tls'
      | 'too_large'
      | 'aborted'
      | 'secret_unreadable'
      | null;
    /** Whole number. */
    milliseconds: number;
  }[];
  createdAt: Date;
  finishedAt: Date | null;
}

/** What the browser answered when it was asked for a passkey. */
export interface PasskeyAssertion {
  /** Text like `^[A-Za-z0-9_-]+$`. */
  id: string;
  /** Text like `^[A-Za-z0-9_-]+$`. */
  rawId: string;
  type: 'public-key';
  response: {
    /** What the browser says it asked, as the authenticator signed it. Text like `^[A-Za-z0-9_-]+$`. */
    clientDataJSON: string;
    /** Text like `^[A-Za-z0-9_-]+$`. */
    authenticatorData: string;
    /** Text like `^[A-Za-z0-9_-]+$`. */
    signature: string;
    /** Text like `^[A-Za-z0-9_-]+$` or null. */
    userHandle?: string | null | undefined;
  };
}

/** What `authorizationRequest.create` takes. */
export interface AuthorizationRequestCreateInput {
  /** The operation. Text like `^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`. */
  slug: string;
  /**
   * Whose consent it is: an id of yours. Required from the service; otherwise the subject itself. Text
   * of 1 to 200 characters.
   */
  subjectId?: string | undefined;
  /** The exact values to authorize: JSON of at most 16 KiB and 16 levels. Default null. */
  data?: unknown;
  /** What the person reads. Only for a slug that no operation defines. Text of 1 to 200 characters. */
  title?: string | undefined;
  /**
   * More for the person to read. Only for a slug that no operation defines. Text of 1 to 2,000
   * characters.
   */
  description?: string | undefined;
  /**
   * Lines for the person to read. Only for a slug that no operation defines. List of at most 12, each
   * {@link Fact}.
   */
  facts?: readonly Fact[] | undefined;
  /**
   * The one session that may see and use it; default null, any session of the subject. Text of 1 to 200
   * characters or null.
   */
  sessionId?: string | null | undefined;
  /**
   * The ways to prove that may be used, of those that are possible; default all of them. List of 1 to
   * 20, each text of 1 to 64 characters.
   */
  methods?: readonly string[] | undefined;
  /** The factors that may be used. List of 1 to 20, each text of 1 to 200 characters. */
  factorIds?: readonly string[] | undefined;
  /**
   * What of yours it is about; lists can be narrowed to one. List of at most 20, each
   * {@link RelatedObject}.
   */
  relatedObjects?: readonly RelatedObject[] | undefined;
  /** Where a code goes. */
  deliverTo?:
    | {
        channel: 'email' | 'sms';
        /** Text of 3 to 254 characters. */
        address: string;
      }
    | undefined;
  /**
   * The language of texts and messages, a BCP 47 tag. Text like
   * `^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$`.
   */
  locale?: string | undefined;
  /** The time to answer; default what the operation says, or 300. Whole number, 1 to 3,600. */
  expiresInSeconds?: number | undefined;
  /**
   * The time to consume it after the grant; default what the operation says, or 300. Whole number, 1 to
   * 86,400.
   */
  executeWithinSeconds?: number | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `authorizationRequest.get` takes. */
export interface AuthorizationRequestGetInput {
  /** The id of the request. Text of 1 to 200 characters. */
  id: string;
}

/** What `authorizationRequest.list` takes. */
export interface AuthorizationRequestListInput {
  /** Only those of this subject. Text of 1 to 200 characters. */
  subjectId?: string | undefined;
  /** Only those of this operation. Text like `^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`. */
  slug?: string | undefined;
  /** Only those that stand here. */
  state?: AuthorizationRequestState | undefined;
  /** Only those that are bound to this session. Text of 1 to 200 characters. */
  sessionId?: string | undefined;
  /** Only those that name this object. */
  relatedObject?: RelatedObject | undefined;
  /** The `nextCursor` of the page before. Text of 1 to 200 characters. */
  cursor?: string | undefined;
  /** How many on a page; default 50. Whole number, 1 to 100. */
  limit?: number | undefined;
}

/** What `authorizationRequest.challenge` takes. */
export interface AuthorizationRequestChallengeInput {
  /** The id of the request. Text of 1 to 200 characters. */
  id: string;
  /** Required when several are possible. Text of 1 to 64 characters. */
  method?: string | undefined;
  /** The factor to prove with. Text of 1 to 200 characters. */
  factorId?: string | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `authorizationRequest.check` takes. */
export interface AuthorizationRequestCheckInput {
  /** The id of the request. Text of 1 to 200 characters. */
  id: string;
  proof: Proof;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `authorizationRequest.grant` takes. */
export interface AuthorizationRequestGrantInput {
  /** The id of the request. Text of 1 to 200 characters. */
  id: string;
  proof?: Proof | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `authorizationRequest.deny` takes. */
export interface AuthorizationRequestDenyInput {
  /** The id of the request. Text of 1 to 200 characters. */
  id: string;
  /** Default `declined`. */
  reason?: 'declined' | 'not_me' | undefined;
  proof?: Proof | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `authorizationRequest.cancel` takes. */
export interface AuthorizationRequestCancelInput {
  /** The id of the request. Text of 1 to 200 characters. */
  id: string;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `authorizationRequest.reset` takes. */
export interface AuthorizationRequestResetInput {
  /** The id of the request. Text of 1 to 200 characters. */
  id: string;
  /** Required when several are possible. Text of 1 to 64 characters. */
  method?: string | undefined;
  /**
   * The time to answer from now on; never later than an hour after the creation. Whole number, 1 to
   * 3,600.
   */
  expiresInSeconds?: number | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `authorizationRequest.consume` takes. */
export interface AuthorizationRequestConsumeInput {
  /** The id of the request. Text of 1 to 200 characters. */
  id: string;
  /** The operation that is about to be executed. Text like `^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`. */
  slug: string;
  /** For whom it is about to be executed. Text of 1 to 200 characters. */
  subjectId: string;
  /** The session it is bound to; default null. Text of 1 to 200 characters or null. */
  sessionId?: string | null | undefined;
  /** The values it is about to be executed with. Default null. */
  data?: unknown;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `authorizationRequest.watch` takes. */
export interface AuthorizationRequestWatchInput {
  /** The id of the request. Text of 1 to 200 characters. */
  id: string;
  /** Goes on after this event, once the snapshot has been told. Text of 1 to 200 characters. */
  lastEventId?: string | undefined;
}

/** What `method.list` takes. */
export interface MethodListInput {
  /** Those that are switched off as well; for operators only. */
  includeInactive?: boolean | undefined;
}

/** What `method.configure` takes. */
export interface MethodConfigureInput {
  /**
   * What is changed; without it a further configuration of the method is made. Text of 1 to 200
   * characters.
   */
  id?: string | undefined;
  /** The method’s. It never changes. Text of 1 to 40 characters. */
  key: string;
  /** What people read. Text of 1 to 200 characters. */
  title: string;
  /** All of it, as the method’s `settingsSchema` says. Stored encrypted and never shown again. */
  config: {
    [key: string]: unknown;
  };
  /** Default: as it was, at first true. */
  isActive?: boolean | undefined;
  /** `true` takes it from the one that has it. Default: as it was, at first false. */
  isDefault?: boolean | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
}

/** What `method.remove` takes. */
export interface MethodRemoveInput {
  /** Of what was configured. Text of 1 to 200 characters. */
  id: string;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
}

/** What `factor.list` takes. */
export interface FactorListInput {
  /** Whose factors. Required from the service; otherwise the subject’s own. Text of 1 to 200 characters. */
  subjectId?: string | undefined;
}

/** What `factor.create` takes. */
export interface FactorCreateInput {
  /**
   * Whose factor it will be. Required from the service; otherwise the subject itself. Text of 1 to 200
   * characters.
   */
  subjectId?: string | undefined;
  /** The method: its id, or its key. Text of 1 to 64 characters. */
  methodId: string;
  /** What the person calls it. Text of 1 to 100 characters. */
  title?: string | undefined;
  /** What the method asks for: `factorSchema` of `method.list` says what. */
  config?:
    | {
        [key: string]: unknown;
      }
    | undefined;
  /** Whether it may be used once it is confirmed; default true. */
  isActive?: boolean | undefined;
  /** Whether it is asked first once it is confirmed. The first factor of a subject always is. */
  isDefault?: boolean | undefined;
  /** The service vouches for it: nothing is left to confirm. For the service only. */
  confirmed?: boolean | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `factor.confirm` takes. */
export interface FactorConfirmInput {
  /** The id of the factor. Text of 1 to 200 characters. */
  id: string;
  /** The confirmation that `factor.create` or `factor.update` answered. Text of 1 to 200 characters. */
  confirmationId: string;
  /** What confirms it, as its method asks for it. */
  data: {
    [key: string]: unknown;
  };
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `factor.update` takes. */
export interface FactorUpdateInput {
  /** The id of the factor. Text of 1 to 200 characters. */
  id: string;
  /** What the person calls it. Text of 1 to 100 characters. */
  title?: string | undefined;
  /** What the method asks for: `factorSchema` of `method.list` says what. */
  config?:
    | {
        [key: string]: unknown;
      }
    | undefined;
  /** Whether it may be used. */
  isActive?: boolean | undefined;
  /** Whether it is asked first. */
  isDefault?: boolean | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `factor.remove` takes. */
export interface FactorRemoveInput {
  /** The id of the factor. Text of 1 to 200 characters. */
  id: string;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `confirmation.request` takes. */
export interface ConfirmationRequestInput {
  /** The way to prove, by its id or key. Either this or `factorId`. Text of 1 to 200 characters. */
  methodId?: string | undefined;
  /** The one factor to prove with; its method is its own. Text of 1 to 200 characters. */
  factorId?: string | undefined;
  /**
   * Whose it is. From the service: default null. Otherwise the subject itself. Text of 1 to 200
   * characters.
   */
  subjectId?: string | undefined;
  /** What it is for; default null. Text of 1 to 100 characters. */
  purpose?: string | undefined;
  /**
   * What is to be confirmed: JSON of at most 16 KiB and 16 levels; default null. With a method alone,
   * the place that the message goes to, where the method takes one: `{ channel, address }`.
   */
  data?: unknown;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `confirmation.confirm` takes. */
export interface ConfirmationConfirmInput {
  /** The id of the confirmation. Text of 1 to 200 characters. */
  id: string;
  /** The proof, without its `method`. */
  data: {
    [key: string]: unknown;
  };
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `confirmation.check` takes. */
export interface ConfirmationCheckInput {
  /** The id of the confirmation. Text of 1 to 200 characters. */
  id: string;
}

/** What `confirmation.use` takes. */
export interface ConfirmationUseInput {
  /** The id of the confirmation. Text of 1 to 200 characters. */
  id: string;
  /**
   * What it must be for. Left out, it equals only a confirmation that has none. Text of 1 to 100
   * characters.
   */
  purpose?: string | undefined;
  /**
   * Whose it must be. Left out, it equals only a confirmation that has none. Text of 1 to 200
   * characters.
   */
  subjectId?: string | undefined;
  /**
   * The factor that must have proven it. Left out, it equals only a confirmation that has none. Text of
   * 1 to 200 characters.
   */
  factorId?: string | undefined;
  /** What must have been confirmed. Left out, it equals only a confirmation that has none. */
  data?: unknown;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `device.register` takes. */
export interface DeviceRegisterInput {
  /**
   * Whose device it will be. Required from the service; otherwise the subject itself. Text of 1 to 200
   * characters.
   */
  subjectId?: string | undefined;
  /**
   * What the device calls itself; one of this subject has it. Text like
   * `^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,36}$`.
   */
  uuid: string;
  /** What the person calls it. Text of 1 to 100 characters. */
  name?: string | undefined;
  /** What kind of device or app it is, in words of the host. Text of 1 to 64 characters. */
  slug?: string | undefined;
  /** The public half of the device’s key as a JSON Web Key, P-256 or Ed25519. */
  publicKey?:
    | {
        kty: 'EC';
        crv: 'P-256';
        /** Text like `^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$`. */
        x: string;
        /** Text like `^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$`. */
        y: string;
        alg?: 'ES256' | undefined;
        /** Text of at most 200 characters. */
        kid?: string | undefined;
        use?: 'sig' | undefined;
        /** List of at most 1, each `verify`. */
        key_ops?: readonly 'verify'[] | undefined;
        ext?: boolean | undefined;
      }
    | {
        kty: 'OKP';
        crv: 'Ed25519';
        /** Text like `^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$`. */
        x: string;
        alg?: 'EdDSA' | 'Ed25519' | undefined;
        /** Text of at most 200 characters. */
        kid?: string | undefined;
        use?: 'sig' | undefined;
        /** List of at most 1, each `verify`. */
        key_ops?: readonly 'verify'[] | undefined;
        ext?: boolean | undefined;
      }
    | undefined;
  /** Whether it is prompted first. The first device of a subject always is. */
  isPrimary?: boolean | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `device.nonce` takes. */
export interface DeviceNonceInput {
  /**
   * What the device calls itself; one of this subject has it. Text like
   * `^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,36}$`.
   */
  uuid: string;
  /** Whose device it says it is. Text of 1 to 200 characters. */
  subjectId: string;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `device.authenticate` takes. */
export type DeviceAuthenticateInput =
  | {
      /**
       * What the device calls itself; one of this subject has it. Text like
       * `^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,36}$`.
       */
      uuid: string;
      /** Whose device it says it is. Text of 1 to 200 characters. */
      subjectId: string;
      /** The secret that `device.register` has shown. Text of 1 to 200 characters. */
      secret: string;
      /**
       * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
       * characters.
       */
      idempotencyKey?: string | undefined;
      /** Travels on its events and to the sender. For the service only. */
      context?: unknown;
    }
  | {
      /**
       * What the device calls itself; one of this subject has it. Text like
       * `^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,36}$`.
       */
      uuid: string;
      /** Whose device it says it is. Text of 1 to 200 characters. */
      subjectId: string;
      /** From `device.nonce`. Text of 1 to 200 characters. */
      nonce: string;
      /**
       * Of the device’s key, base64url; over what the contract calls device bytes. Text of 1 to 200
       * characters.
       */
      signature: string;
      /**
       * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
       * characters.
       */
      idempotencyKey?: string | undefined;
      /** Travels on its events and to the sender. For the service only. */
      context?: unknown;
    };

/** What `device.list` takes. */
export interface DeviceListInput {
  /** Whose devices. Required from the service; otherwise the subject’s own. Text of 1 to 200 characters. */
  subjectId?: string | undefined;
}

/** What `device.setPrimary` takes. */
export interface DeviceSetPrimaryInput {
  /** The id of the device’s factor. Text of 1 to 200 characters. */
  id: string;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `device.revoke` takes. */
export interface DeviceRevokeInput {
  /** The id of the device’s factor. Text of 1 to 200 characters. */
  id: string;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `event.list` takes. */
export interface EventListInput {
  /** Goes on after this event, whatever `from` says. Text of 1 to 200 characters. */
  after?: string | undefined;
  /** Where a list without a place begins; default start. At now it has the cursor alone. */
  from?: 'now' | 'start' | undefined;
  /** Only those of these types. List of 1 to 30, each event type. */
  types?: readonly EventType[] | undefined;
  /** Only those of this operation. Text like `^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`. */
  slug?: string | undefined;
  /** Only those of this subject. Text of 1 to 200 characters. */
  subjectId?: string | undefined;
  /** Only those of this authorization request. Text of 1 to 200 characters. */
  requestId?: string | undefined;
  /** How many on a page; default 100. Whole number, 1 to 500. */
  limit?: number | undefined;
}

/** What `event.stream` takes. */
export interface EventStreamInput {
  /** Only those of these types. List of 1 to 30, each event type. */
  types?: readonly EventType[] | undefined;
  /** Only those of this operation. Text like `^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`. */
  slug?: string | undefined;
  /** Only those of this subject. Text of 1 to 200 characters. */
  subjectId?: string | undefined;
  /** Only those of this authorization request. Text of 1 to 200 characters. */
  requestId?: string | undefined;
  /** Goes on after this event, whatever `from` says. Text of 1 to 200 characters. */
  lastEventId?: string | undefined;
  /** Where a stream without a last event begins; default now. */
  from?: 'now' | 'start' | undefined;
}

/** What `scopedToken.issue` takes. */
export interface ScopedTokenIssueInput {
  /**
   * Whose rights the token narrows. Required for the service; a subject issues for itself. Text of 1 to
   * 200 characters.
   */
  subjectId?: string | undefined;
  /** What it opens. The service says this or `preset`; for a subject, default what its token opens. */
  scope?: Scope | undefined;
  /** What a subject may do for itself, or one of its devices. This or `scope`. */
  preset?: 'subject' | 'device' | undefined;
  /**
   * How long it lives; default 3600, for a subject until its token ends. More than 86400, or than that,
   * is `lifetime_too_long`. Whole number, at least 1.
   */
  maxAgeSeconds?: number | undefined;
  /** For whom it is made; for tracking only. Text like `^[ -~]{1,120}$`. */
  recipient?: string | undefined;
  /**
   * The session it belongs to, and is revoked with; for the preset `device` the device’s factor. Text of
   * 1 to 200 characters.
   */
  sessionId?: string | undefined;
  /** A granted request of the subject that pays for one call. Text of 1 to 200 characters. */
  authorizationRequestId?: string | undefined;
  /**
   * How it may come; default a header or the first message of a WebSocket. In a URL (`query`) it lives
   * 60 seconds at most, unless a request pays for its one call. List of 1 to 3, each `header`,
   * `webSocket` or `query`.
   */
  carriers?: readonly ('header' | 'webSocket' | 'query')[] | undefined;
  /** RFC 7638 thumbprint of the key whose holder alone may use it. Text like `^[A-Za-z0-9_-]{43}$`. */
  clientKeyThumbprint?: string | undefined;
  /**
   * For a subject: names whom it hands the token to, so that this one can be revoked alone. Text like
   * `^[!-~]{1,64}$`.
   */
  delegateId?: string | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `scopedToken.introspect` takes. */
export interface ScopedTokenIntrospectInput {
  /** Text of at most 8,192 characters. */
  token: string;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `scopedToken.list` takes. */
export interface ScopedTokenListInput {
  /** Only those of this subject. Text of 1 to 200 characters. */
  subjectId?: string | undefined;
  /** The `nextCursor` of the page before. Text of 1 to 200 characters. */
  cursor?: string | undefined;
}

/** What `scopedToken.revoke` takes. */
export interface ScopedTokenRevokeInput {
  /** This token, with everything it was narrowed to. Text of 1 to 200 characters. */
  id?: string | undefined;
  /** Of the token `id`, only what this delegate holds. Text of 1 to 64 characters. */
  delegateId?: string | undefined;
  /**
   * Every token of this session; by a subject, its own ones alone. A session that is over does not begin
   * again. Text of 1 to 200 characters.
   */
  sessionId?: string | undefined;
  /** Every token of this subject issued so far. Text of 1 to 200 characters. */
  subjectId?: string | undefined;
  /** Every token that carries this request to pay with it. Text of 1 to 200 characters. */
  authorizationRequestId?: string | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `operator.unlock` takes. */
export interface OperatorUnlockInput {
  /** Whose wrong proofs are forgotten. Text of 1 to 200 characters. */
  subjectId: string;
  /** Only those by this factor; the rest stays. Text of 1 to 200 characters. */
  factorId?: string | undefined;
  /** Only those by this method, where it needs no factor. Text of 1 to 64 characters. */
  method?: string | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Travels on its events and to the sender. For the service only. */
  context?: unknown;
}

/** What `operator.subscribers` takes. */
export type OperatorSubscribersInput = Record<string, never>;

/** What `operator.resumeSubscriber` takes. */
export interface OperatorResumeSubscriberInput {
  /** As `subscriber` was given it. Text of 1 to 64 characters. */
  name: string;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Passes over the event that failed: it never sees it again. Default false. */
  skip?: boolean | undefined;
}

/** What `operator.replaySubscriber` takes. */
export interface OperatorReplaySubscriberInput {
  /** As `subscriber` was given it. Text of 1 to 64 characters. */
  name: string;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
  /** Begins again behind this event. Text of 1 to 200 characters. */
  after?: string | undefined;
  /** Without a place: at the oldest event, or at the present end. */
  from?: 'start' | 'now' | undefined;
}

/** What `operator.removeSubscriber` takes. */
export interface OperatorRemoveSubscriberInput {
  /**
   * As `subscriber` was given it. Text of 1 to 64 characters; must be no subscriber of Countersign
   * itself.
   */
  name: string;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
}

/** What `serviceKey.create` takes. */
export interface ServiceKeyCreateInput {
  /** What it is for, such as “billing”. Text of 1 to 100 characters. */
  title: string;
  /** `service`, the default, acts for every subject; `operator` runs the installation. */
  role?: 'service' | 'operator' | undefined;
  /** How long it lives; without it until it is revoked. Whole number, 1 to 315,360,000. */
  expiresInSeconds?: number | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
}

/** What `serviceKey.list` takes. */
export interface ServiceKeyListInput {
  /** The `nextCursor` of the page before. Text of 1 to 200 characters. */
  cursor?: string | undefined;
}

/** What `serviceKey.revoke` takes. */
export interface ServiceKeyRevokeInput {
  /** The id of the key. Text of 1 to 200 characters. */
  id: string;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
}

/** What `webhook.create` takes. */
export interface WebhookCreateInput {
  /** Where to: https, without a name, password or fragment. Text of at most 2,048 characters. */
  url: string;
  /** What is behind it, for people. Text of 1 to 200 characters. */
  description?: string | undefined;
  /** Only events of these types; without it all of them. List of 1 to 30, each event type. */
  types?: readonly EventType[] | undefined;
  /** Only events of this operation. Text like `^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`. */
  slug?: string | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
}

/** What `webhook.list` takes. */
export type WebhookListInput = Record<string, never>;

/** What `webhook.update` takes. */
export interface WebhookUpdateInput {
  /** Text of 1 to 200 characters. */
  id: string;
  /** Where to: https, without a name, password or fragment. Text of at most 2,048 characters. */
  url?: string | undefined;
  /** Text of 1 to 200 characters or null. */
  description?: string | null | undefined;
  /** Null: all of them. List of 1 to 30, each event type or null. */
  types?: readonly EventType[] | null | undefined;
  /** Null: of every operation. Text like `^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$` or null. */
  slug?: string | null | undefined;
  /** False: what is owed is cancelled. True again: from now on; a replay brings what was missed. */
  isActive?: boolean | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
}

/** What `webhook.remove` takes. */
export interface WebhookRemoveInput {
  /** Text of 1 to 200 characters. */
  id: string;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
}

/** What `webhook.rotateSecret` takes. */
export interface WebhookRotateSecretInput {
  /** Text of 1 to 200 characters. */
  id: string;
  /** So long both sign; default a day. 0: the earlier one is over at once. Whole number, at most 604,800. */
  overlapSeconds?: number | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
}

/** What `webhook.test` takes. */
export interface WebhookTestInput {
  /** Text of 1 to 200 characters. */
  id: string;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
}

/** What `webhook.deliveries` takes. */
export interface WebhookDeliveriesInput {
  /** Only those to this endpoint, also one that was removed. Text of 1 to 200 characters. */
  endpointId?: string | undefined;
  state?: 'waiting' | 'delivered' | 'failed' | 'cancelled' | undefined;
  /** The `nextCursor` of the page before. Text of 1 to 200 characters. */
  cursor?: string | undefined;
  /** Default 50. Whole number, 1 to 100. */
  limit?: number | undefined;
}

/** What `webhook.replay` takes. */
export interface WebhookReplayInput {
  /** This one once more. Nothing else is given with it. Text of 1 to 200 characters. */
  deliveryId?: string | undefined;
  /** Everything that its filter lets through, with `after` or `since`. Text of 1 to 200 characters. */
  endpointId?: string | undefined;
  /**
   * From the event behind this one on: its id, or the `cursor` of the call before. Text of 1 to 200
   * characters.
   */
  after?: string | undefined;
  /** From this moment on, or from up to a minute before: `2026-11-22T12:00:00Z`. Time as ISO 8601 text. */
  since?: string | undefined;
  /**
   * The same key within 24 hours gets the same answer, and the effect happens once. Text of 1 to 64
   * characters.
   */
  idempotencyKey?: string | undefined;
}

/** What `authorizationRequest.list` answers. */
export interface AuthorizationRequestListOutput {
  items: AuthorizationRequest[];
  /** For the next page; null when this is the last one. */
  nextCursor: string | null;
}

/** What `authorizationRequest.check` answers. */
export interface AuthorizationRequestCheckOutput {
  valid: boolean;
  /** Wrong proofs that are left, all methods together. Whole number. */
  attemptsLeft: number;
}

/** What `authorizationRequest.grant` answers. */
export type AuthorizationRequestGrantOutput =
  | {
      granted: true;
      request: AuthorizationRequest;
    }
  | {
      granted: false;
      /** Whole number. */
      attemptsLeft: number;
      request: AuthorizationRequest;
    };

/** What `authorizationRequest.reset` answers. */
export interface AuthorizationRequestResetOutput {
  request: AuthorizationRequest;
  challenge: Challenge | null;
}

/** What `authorizationRequest.consume` answers. */
export interface AuthorizationRequestConsumeOutput {
  consumed: true;
  receipt: Receipt;
}

/** What `authorizationRequest.watch` yields. */
export type AuthorizationRequestWatchEvent = AuthorizationRequestSnapshotEvent | Event;

/** What `method.list` answers. */
export type MethodListOutput = Method[];

/** What `method.remove` answers. */
export interface MethodRemoveOutput {
  removed: true;
}

/** What `factor.list` answers. */
export type FactorListOutput = Factor[];

/** What `factor.create` answers. */
export interface FactorCreateOutput {
  factor: Factor;
  /** To be given before it takes effect. */
  confirmation?: Confirmation | undefined;
  /** Shown once, and null when the call is repeated with its idempotency key. */
  setup?: unknown;
}

/** What `factor.update` answers. */
export interface FactorUpdateOutput {
  factor: Factor;
  /** To be given before it takes effect. */
  confirmation?: Confirmation | undefined;
  /** Shown once, and null when the call is repeated with its idempotency key. */
  setup?: unknown;
}

/** What `factor.remove` answers. */
export interface FactorRemoveOutput {
  removed: true;
}

/** What `confirmation.check` answers. */
export interface ConfirmationCheckOutput {
  /** Whether it can be used now. */
  available: boolean;
  /** Absent for one that is unknown, used, or somebody else’s. */
  confirmation?: Confirmation | undefined;
}

/** What `confirmation.use` answers. */
export interface ConfirmationUseOutput {
  /** True once, for the one call that used it. */
  used: boolean;
  /** What was used. */
  confirmation?: Confirmation | undefined;
}

/** What `device.register` answers. */
export interface DeviceRegisterOutput {
  device: Device;
  /** Of a device without a key, shown once: null when the call is repeated with its idempotency key. */
  secret?: string | null | undefined;
}

/** What `device.nonce` answers. */
export interface DeviceNonceOutput {
  /** To be signed by the device; good once. */
  nonce: string;
  expiresAt: Date;
}

/** What `device.authenticate` answers. */
export interface DeviceAuthenticateOutput {
  /** Shown once: null when the call is repeated with its idempotency key. */
  token: string | null;
  expiresAt: Date;
}

/** What `device.list` answers. */
export type DeviceListOutput = Device[];

/** What `event.list` answers. */
export interface EventListOutput {
  items: Event[];
  /** Where to go on; null while there is nothing to go on from. */
  cursor: string | null;
}

/** What `scopedToken.issue` answers. */
export interface ScopedTokenIssueOutput {
  /** The credential, shown once: null when the call is repeated with its idempotency key. */
  token: string | null;
  /** Names the token without being it: for lists and revocation. */
  id: `cst_${string}`;
  expiresAt: Date;
}

/** What `scopedToken.introspect` answers. */
export interface ScopedTokenIntrospectOutput {
  /** Whether it is ours, in its time and not revoked. */
  active: boolean;
  /** What was issued; absent when it is not active. */
  claims?: ScopedTokenClaims | undefined;
  /** What it was narrowed by since: the claims alone say too much then. */
  blocks?: ScopedTokenBlock[] | undefined;
}

/** What `scopedToken.list` answers. */
export interface ScopedTokenListOutput {
  items: ScopedToken[];
  /** For the next page; null when this is the last one. */
  nextCursor: string | null;
}

/** What `scopedToken.revoke` answers. */
export interface ScopedTokenRevokeOutput {
  /** How many tokens that we know of ended by it. Whole number. */
  revoked: number;
  /**
   * Only when the token itself ended in place of one delegate: of one token 64 delegates are revoked one
   * by one.
   */
  tokenEnded?: true | undefined;
}

/** What `operator.unlock` answers. */
export interface OperatorUnlockOutput {
  /** False when nothing was held against it. */
  unlocked: boolean;
}

/** What `operator.subscribers` answers. */
export interface OperatorSubscribersOutput {
  items: Subscriber[];
}

/** What `operator.removeSubscriber` answers. */
export interface OperatorRemoveSubscriberOutput {
  /** False when there was none. */
  removed: boolean;
}

/** What `serviceKey.create` answers. */
export interface ServiceKeyCreateOutput {
  /** Names the key without being it: for lists and revocation. */
  id: `key_${string}`;
  title: string;
  role: 'service' | 'operator';
  createdAt: Date;
  /** The kind of actor, and its key: `operator:key_…`. */
  createdBy: string;
  /** A day in UTC, such as `2026-11-22`. */
  lastUsedOn: string | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** The credential, shown once: null when the call is repeated with its idempotency key. */
  key: string | null;
}

/** What `serviceKey.list` answers. */
export interface ServiceKeyListOutput {
  items: ServiceKey[];
  /** For the next page; null when this is the last one. */
  nextCursor: string | null;
}

/** What `webhook.create` answers. */
export interface WebhookCreateOutput {
  id: `whk_${string}`;
  url: string;
  description: string | null;
  /** Null: all of them. */
  types: EventType[] | null;
  slug: string | null;
  isActive: boolean;
  /** `gone`: it answered 410 · `failing`: it took nothing for the whole schedule · `operator`: by hand. */
  disabledReason: 'gone' | 'failing' | 'operator' | null;
  disabledAt: Date | null;
  /** Until then the secret before the last rotation signs as well. */
  previousSecretUntil: Date | null;
  /** To the minute. */
  lastDeliveredAt: Date | null;
  createdAt: Date;
  /** The kind of actor, and its key: `operator:key_…`. */
  createdBy: string;
  updatedAt: Date;
  /** `whsec_…`, shown once: null when the call is repeated with its idempotency key. */
  secret: string | null;
}

/** What `webhook.list` answers. */
export type WebhookListOutput = WebhookEndpoint[];

/** What `webhook.remove` answers. */
export interface WebhookRemoveOutput {
  removed: true;
}

/** What `webhook.rotateSecret` answers. */
export interface WebhookRotateSecretOutput {
  id: `whk_${string}`;
  url: string;
  description: string | null;
  /** Null: all of them. */
  types: EventType[] | null;
  slug: string | null;
  isActive: boolean;
  /** `gone`: it answered 410 · `failing`: it took nothing for the whole schedule · `operator`: by hand. */
  disabledReason: 'gone' | 'failing' | 'operator' | null;
  disabledAt: Date | null;
  /** Until then the secret before the last rotation signs as well. */
  previousSecretUntil: Date | null;
  /** To the minute. */
  lastDeliveredAt: Date | null;
  createdAt: Date;
  /** The kind of actor, and its key: `operator:key_…`. */
  createdBy: string;
  updatedAt: Date;
  /** `whsec_…`, shown once: null when the call is repeated with its idempotency key. */
  secret: string | null;
}

/** What `webhook.deliveries` answers. */
export interface WebhookDeliveriesOutput {
  items: WebhookDelivery[];
  /** For the next page; null when this is the last one. */
  nextCursor: string | null;
}

/** What `webhook.replay` answers. */
export interface WebhookReplayOutput {
  /** How many are owed by this. What is on its way already is not counted. Whole number. */
  replayed: number;
  /** There is more: call again with it as `after`. Null: this was all. */
  cursor: string | null;
}
