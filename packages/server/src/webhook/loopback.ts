import type { WebhookSettings } from '../options.ts';

export const loopbackNetworks: readonly string[] = ['127.0.0.0/8', '::1/128'];

/** For development, where the receiver is another window on the same machine. */
export function withLoopback(settings: WebhookSettings | false): WebhookSettings | false {
  return settings && { ...settings, allow: [...(settings.allow ?? []), ...loopbackNetworks] };
}
