import {
  eventTypes,
  systemRandomness,
  webhookBody,
  type EventType,
  type EventView,
  type WebhookOutcome,
} from '@countersign/core';
import pc from 'picocolors';
import { SettingsError, type WrongSetting } from '../../settings/settings-error.ts';
import { loopbackNetworks } from '../../webhook/loopback.ts';
import { createWebhookTransport } from '../../webhook/transport.ts';
import { inProcess, type InProcessOptions } from '../in-process/open.ts';
import { StartError } from '../start-error.ts';
import { facts } from '../table.ts';
import { answer, answerJson, note } from '../tell.ts';
import { countersignVersion } from '../version.ts';
import { followLog } from '../follow-log.ts';
import { isOnThisMachine } from './receiver.ts';
import { untilStopped } from '../until-stopped.ts';

export interface ListenOptions extends InProcessOptions {
  readonly forwardTo: string;
  readonly types?: string;
  readonly secret?: string;
}

interface Forwarding {
  readonly url: string;
  /** Null: all of them. */
  readonly types: readonly EventType[] | null;
  readonly secret: string;
}

const secretBytes = 32;
const timeoutSeconds = 15;
const secretExpected = '"whsec_" and base64 of 24 to 64 bytes';

/**
 * `countersign webhooks listen`: each event from now on is sent once to a receiver on this machine, in order, as an
 * endpoint would get it. Nothing is registered, tried again or kept; any number of these can run beside each other.
 */
export async function listen({ json, db, secret: given, ...asked }: ListenOptions): Promise<void> {
  if (process.env['NODE_ENV'] === 'production')
    throw new StartError(
      'countersign webhooks listen is for development: register an endpoint instead (webhook.create).',
    );
  const forwarding = read({ ...asked, secret: given });
  const { url, types, secret } = forwarding;
  const ending = untilStopped();
  await inProcess({ json, db }, async ({ core, service }) => {
    const transport = createWebhookTransport({
      allow: loopbackNetworks,
      userAgent: `Countersign/${countersignVersion()}`,
    });
    // Begun before it is said: what happens from then on is forwarded.
    const filter = types === null ? {} : { types: [...types] };
    const events = await followLog({ core, service, filter, from: 'now', signal: ending });
    tellBeginning(forwarding, { json, isNew: given === undefined });
    for await (const event of events) {
      const outcome = await transport.send({
        url,
        id: event.id,
        secrets: [secret],
        body: webhookBody(event.type, event.occurredAt, event),
        timeoutSeconds,
        signal: ending,
      });
      tellDelivery(event, outcome, json);
    }
  });
}

function read({ forwardTo, types, secret }: Omit<ListenOptions, 'json' | 'db'>): Forwarding {
  const wrong: WrongSetting[] = [];
  if (!isOnThisMachine(forwardTo))
    wrong.push({
      setting: '--forward-to',
      expected: 'a receiver on this machine: http://localhost:3000/hook',
    });
  const names = types?.split(',').map((name) => name.trim()) ?? null;
  const known = names?.filter(isEventType) ?? null;
  if (names?.length !== known?.length)
    wrong.push({ setting: '--types', expected: `some of ${eventTypes.join(', ')}` });
  if (secret !== undefined && !isSecret(secret))
    wrong.push({ setting: '--secret', expected: secretExpected });
  if (wrong.length > 0) throw new SettingsError(wrong);
  return { url: forwardTo, types: known, secret: secret ?? newSecret() };
}

function isEventType(name: string): name is EventType {
  return (eventTypes as readonly string[]).includes(name);
}

function isSecret(text: string): boolean {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+=*)$/.exec(text) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === base64;
}

function newSecret(): string {
  return `whsec_${Buffer.from(systemRandomness.bytes(secretBytes)).toString('base64')}`;
}

/** A secret that was given is known already. */
function tellBeginning(
  { url, types, secret }: Forwarding,
  { json, isNew }: { readonly json: true | undefined; readonly isNew: boolean },
): void {
  if (json) return answerJson({ forwardTo: url, types, ...(isNew && { secret }) });
  note(
    facts([
      ['to', url],
      ['types', types === null ? 'all' : [...types]],
      ['secret', isNew ? secret : 'as given'],
    ]),
  );
  note('');
}

function tellDelivery(
  { id, type, occurredAt }: EventView,
  outcome: WebhookOutcome,
  json: true | undefined,
): void {
  const { milliseconds } = outcome;
  const status = outcome.kind === 'answered' ? outcome.status : null;
  const failure = outcome.kind === 'failed' ? outcome.reason : null;
  if (json) return answerJson({ id, type, status, failure, milliseconds });
  const isTaken = status !== null && status >= 200 && status < 300;
  const result = (isTaken ? pc.green : pc.red)(String(status ?? failure).padEnd(3));
  const time = pc.dim(occurredAt.toTimeString().slice(0, 8));
  answer(`  ${time}  ${result}  ${type}  ${pc.dim(`${id}  ${milliseconds} ms`)}`);
}
