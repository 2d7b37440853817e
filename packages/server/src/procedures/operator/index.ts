import { removeSubscriber } from './remove-subscriber.ts';
import { replaySubscriber } from './replay-subscriber.ts';
import { resumeSubscriber } from './resume-subscriber.ts';
import { subscribers } from './subscribers.ts';
import { unlock } from './unlock.ts';

export const operator = { unlock, subscribers, resumeSubscriber, replaySubscriber, removeSubscriber };
