/**
 * The generated types against those that TypeScript infers from the server: the very same in both directions.
 * Nothing here runs. It compiles as long as every list of differences is `never`; the message names what is in
 * it otherwise.
 *
 * What the generated types know more of is taken back before the comparison, and held to its source by itself:
 * the server's schema leaves an event's `data` and what stands beside a proof's `method` open.
 */
import type {
  ErrorReason as ServerReason,
  errorDetails,
  eventCatalog,
  EventType as ServerEventType,
} from '@countersign/core';
import type {
  CountersignErrorData as ServerErrorData,
  CountersignRouter as ServerRouter,
} from '@countersign/server';
import type { inferRouterError, inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { z } from 'zod';
import type { CountersignProcedures } from '../../src/generated/client.ts';
import type { CountersignErrorData, ErrorDetails } from '../../src/generated/errors.ts';
import type { operatorProcedures } from '../../src/generated/operator-procedures.ts';
import type { procedures } from '../../src/generated/procedures.ts';
import type { CountersignRouter } from '../../src/generated/router.ts';
import type { Event, EventByType, EventEnvelope, EventType } from '../../src/generated/schema.ts';
import type { AnyIn, Drift, DriftOfRouters, Equal, Leaf, Plain } from './compare.ts';

type ServerInputs = inferRouterInputs<ServerRouter>;
type ServerOutputs = inferRouterOutputs<ServerRouter>;
type Inputs = inferRouterInputs<CountersignRouter>;
type Outputs = inferRouterOutputs<CountersignRouter>;

/** An event and a proof as the server's schemas know them. */
type OpenEvent = EventEnvelope & { type: EventType; data: unknown };
type OpenProof = { method: string; [key: string]: unknown };

/** The generated types without what they know more of. */
type Opened<T> = T extends Event
  ? OpenEvent
  : T extends OpenProof
    ? OpenProof
    : T extends Leaf
      ? T
      : T extends AsyncIterable<infer Each>
        ? AsyncIterable<Opened<Each>>
        : T extends readonly (infer Each)[]
          ? Opened<Each>[]
          : T extends object
            ? { [Key in keyof T]: Opened<T[Key]> }
            : T;

type Tables = typeof procedures & typeof operatorProcedures;

/** Whether it is a query, a mutation or a subscription; also what the table says of it when it runs. */
type Kinds<Record> = {
  [Group in keyof Record]: {
    [Verb in keyof Record[Group]]: Record[Group][Verb] extends { _def: { type: infer Kind } } ? Kind : never;
  };
};
type KindsOfTable = {
  [Group in keyof Tables]: {
    [Verb in keyof Tables[Group]]: Tables[Group][Verb] extends { type: infer Kind } ? Kind : never;
  };
};
type ServerKinds = Plain<Kinds<ServerRouter['_def']['record']>>;

/** The methods of the SDK take and answer what the router does. */
type InputsOfMethods = {
  [Group in keyof CountersignProcedures]: {
    [Verb in keyof CountersignProcedures[Group]]: CountersignProcedures[Group][Verb] extends (
      input: infer Input,
      ...rest: never
    ) => unknown
      ? Input
      : never;
  };
};
type OutputsOfMethods = {
  [Group in keyof CountersignProcedures]: {
    [Verb in keyof CountersignProcedures[Group]]: CountersignProcedures[Group][Verb] extends (
      ...parameters: never
    ) => infer Answer
      ? Answer extends AsyncIterable<infer Each>
        ? AsyncIterable<{ id: string; data: Each }>
        : Awaited<Answer>
      : never;
  };
};
type WithoutVoid<T> = {
  [Group in keyof T]: {
    [Verb in keyof T[Group]]: Exclude<T[Group][Verb], void> | Extract<T[Group][Verb], undefined>;
  };
};

/** Payloads: all keys of the full one, those of the public one required. */
type Payloads = { [Type in EventType]: EventByType[Type]['data'] };
type AllRequired<T> = { [Type in keyof T]: { [Key in keyof T[Type]]-?: Exclude<T[Type][Key], undefined> } };
type OnlyRequired<T> = {
  [Type in keyof T]: { [Key in keyof T[Type] as undefined extends T[Type][Key] ? never : Key]: T[Type][Key] };
};
type FullPayloads = { [Type in ServerEventType]: z.output<(typeof eventCatalog)[Type]['full']> };
type PublicPayloads = { [Type in ServerEventType]: z.output<(typeof eventCatalog)[Type]['public']> };
/** An empty object says so by an index signature, which is no key. */
type Named<T> = { [Type in keyof T]: string extends keyof T[Type] ? {} : T[Type] };

/** Reasons, what is told with each, and where in an error it stands. */
type ServerDetails = {
  [Reason in ServerReason]: Reason extends keyof typeof errorDetails
    ? OrNothing<z.output<(typeof errorDetails)[Reason]>>
    : undefined;
};

/** Where no fact must be told, there may be no details at all. */
type OrNothing<Details> = {} extends Details ? Details | undefined : Details;

/** What every error has; the rest goes by its reason. */
type Told<Data extends { code: unknown; httpStatus: unknown; reason: unknown }> = {
  [Key in keyof Data]-?: Key extends 'code' | 'httpStatus' | 'reason' ? Data[Key] : unknown;
};
type ToldTogether = Told<Pick<CountersignErrorData, keyof CountersignErrorData>>;

/** What is not the same, in words; each is `never`. */
interface Differences {
  anyAnywhere: AnyIn<
    {
      serverInputs: ServerInputs;
      serverOutputs: ServerOutputs;
      inputs: Inputs;
      outputs: Outputs;
      events: EventByType;
      details: ErrorDetails;
    },
    'any at '
  >;
  inputs: `${DriftOfRouters<Plain<ServerInputs>, Plain<Opened<Inputs>>>} takes something else`;
  outputs: `${DriftOfRouters<Plain<ServerOutputs>, Plain<Opened<Outputs>>>} answers something else`;
  kinds: `${DriftOfRouters<ServerKinds, Plain<Kinds<CountersignRouter['_def']['record']>>>} is of another kind`;
  table: `${DriftOfRouters<ServerKinds, Plain<KindsOfTable>>} is of another kind when it runs`;
  methodInputs: `${DriftOfRouters<Plain<WithoutVoid<Inputs>>, Plain<InputsOfMethods>>} takes something else as a method`;
  methodOutputs: `${DriftOfRouters<Plain<Outputs>, Plain<OutputsOfMethods>>} answers something else as a method`;
  payloads: `${Drift<Plain<FullPayloads>, Plain<AllRequired<Payloads>>>} has another payload`;
  publicPayloads: `${Drift<Plain<Named<PublicPayloads>>, Plain<Named<OnlyRequired<Payloads>>>>} shows something else to all`;
  details: `${Drift<Plain<ServerDetails>, Plain<ErrorDetails>>} tells something else`;
  errors: `${Drift<Plain<Told<ServerErrorData>>, Plain<ToldTogether>>} stands elsewhere in an error`;
  reasons: Equal<inferRouterError<CountersignRouter>['data']['reason'], ServerReason> extends true
    ? never
    : 'reasons';
}

declare const differences: Differences;
declare function none(difference: never): void;

none(differences.anyAnywhere);
none(differences.inputs);
none(differences.outputs);
none(differences.kinds);
none(differences.table);
none(differences.methodInputs);
none(differences.methodOutputs);
none(differences.payloads);
none(differences.publicPayloads);
none(differences.details);
none(differences.errors);
none(differences.reasons);
