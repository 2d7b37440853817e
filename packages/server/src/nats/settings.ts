import { natsAddress, type NatsAddress } from './address.ts';
import type { NatsBusOptions, NatsTls } from './options.ts';

/** The options, checked, with their defaults. */
export interface NatsSettings extends NatsAddress {
  readonly stream: string;
  readonly subject: string;
  readonly replicas: number;
  readonly ageSecondsMax: number;
  readonly bytesMax: number;
  readonly tls: NatsTls | undefined;
  readonly credentials: string | undefined;
  readonly name: string;
}

/** NATS allows more; these can be written everywhere. */
const streamName = /^[A-Za-z0-9_-]{1,64}$/;
const subjectName = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;

/** @throws TypeError naming what is wrong, never its value. */
export function natsSettings(options: NatsBusOptions): NatsSettings {
  const { stream = 'countersign', subjectPrefix = 'countersign', name = 'countersign' } = options;
  const { replicas = 1, ageSecondsMax = 3600, bytesMax = 256 * 1024 * 1024, tls, credentials } = options;
  const address = natsAddress(options);
  if (!streamName.test(stream)) throw new TypeError('stream must be a name of letters, digits, _ and -');
  if (!subjectName.test(subjectPrefix) || subjectPrefix.length > 200)
    throw new TypeError('subjectPrefix must be names of letters, digits, _ and -, with dots between');
  for (const [what, value] of Object.entries({ replicas, ageSecondsMax, bytesMax }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new TypeError(`${what} must be a whole number, at least 1`);
  return {
    ...address,
    tls: tls ?? (address.isEncrypted ? {} : undefined),
    stream,
    subject: `${subjectPrefix}.log`,
    replicas,
    ageSecondsMax,
    bytesMax,
    credentials,
    name,
  };
}
