export { listDeliveries as deliveries } from './deliveries.ts';
export { listWebhooks as list } from './list.ts';
export { removeWebhook as remove } from './remove.ts';
export { replayWebhook as replay } from './replay.ts';
export { rotateWebhookSecret as rotateSecret } from './rotate-secret.ts';
