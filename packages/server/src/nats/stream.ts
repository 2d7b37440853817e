import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { NatsSettings } from './settings.ts';

/** A relay that crashed between the bus and its place says it again within its next turn. */
const duplicateSecondsMax = 120;

/**
 * The stream, made if it is missing. One that is there is left as it is: whoever runs NATS may have made it, and may not
 * let us. Several nodes make it at the same time: to the same answer.
 */
export async function ensureStream(
  manager: JetStreamManager,
  { stream, subject, replicas, ageSecondsMax, bytesMax }: NatsSettings,
): Promise<StreamInfo> {
  try {
    return await manager.streams.info(stream);
  } catch (error) {
    const isMissing = error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
    if (!isMissing) throw error;
  }
  return await manager.streams.add({
    name: stream,
    subjects: [subject],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: nanos(ageSecondsMax * 1000),
    max_bytes: bytesMax,
    duplicate_window: nanos(Math.min(duplicateSecondsMax, ageSecondsMax) * 1000),
    num_replicas: replicas,
  });
}
