import type { MetricsSettings } from '../options.ts';

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/;

/**
 * Whether `countersign serve` answers `/metrics`, where the configuration does not say: on loopback, where whoever can
 * ask is on the machine or behind its proxy, and everywhere to who has the token.
 */
export function metricsAccess({
  host,
  metrics,
  metricsToken,
}: {
  readonly host: string;
  readonly metrics: MetricsSettings;
  readonly metricsToken?: string | undefined;
}): MetricsSettings {
  const token = metricsToken ?? metrics.token;
  return { token, enabled: metrics.enabled ?? (token !== undefined || loopback.test(host)) };
}
