import type { Method, ProvenRequest, Recipient } from '../../src/method/define.ts';

/** What the person who proves has in front of them. */
export interface ProofWorld {
  readonly request: ProvenRequest;
  /** The factor that is to prove, or that is being enrolled; null where none is needed. */
  readonly factorId: string | null;
  /** What the proof should say, where proofs say it. */
  readonly decision: 'grant' | 'deny';
  /** What the message told them; null when there was none. */
  readonly secret: string | null;
  /** The digits on the screen that asked; null when there are none. */
  readonly digits: string | null;
  /** What their browser or device was given with the challenge. */
  readonly options: unknown;
  /** What enrolment showed them once: a seed, codes. */
  readonly setup: unknown;
  readonly now: Date;
}

type Shape = Readonly<Record<string, unknown>>;

/** A method, and how to prove by it. What is left out is taken from what the method itself says. */
export interface MethodContract {
  readonly method: Method;
  /** What the operator configured. Default: nothing. */
  readonly settings?: Shape;
  /** What a subject gives to enrol. Default: nothing. */
  readonly given?: Shape;
  /** Where the request says that codes go, for methods that can do without enrolment. */
  readonly deliverTo?: Recipient;
  /** The right proof, without its `method`. Default: the secret or the digits, as `{ code }`. */
  readonly rightProof?: (world: ProofWorld) => Shape | Promise<Shape>;
  /** What confirms the enrolment. Default: as the right proof. */
  readonly rightAnswer?: (world: ProofWorld) => Shape | Promise<Shape>;
  /** Well-formed and wrong. Default: the right one with a character changed. */
  readonly wrongProofs?: readonly Shape[];
  /** Whether a proof says `grant` or `deny`; then the right proof says what its world does. */
  readonly saysDecision?: boolean;
}

/** One promise of the contract: a plain function that throws when it is broken. */
export interface MethodCheck {
  readonly promise: string;
  /** Default: every method. */
  readonly appliesTo?: (contract: MethodContract) => boolean;
  readonly check: (contract: MethodContract) => void | Promise<void>;
}
