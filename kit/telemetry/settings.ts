import { z } from 'zod';

const port = z.coerce.number().int().min(1).max(65_535).optional();

/**
 * What both programs are told of metrics and traces; the names of the traces' settings are OpenTelemetry's own.
 * @param prefix of the program's settings, `IDP` or `MCH`
 */
export function telemetrySettings<Prefix extends string>(prefix: Prefix) {
  const own = {
    [`${prefix}_METRICS_PORT`]: port.describe(
      'a port of its own where Prometheus reads `/metrics`; none without it',
    ),
    [`${prefix}_METRICS_HOST`]: z
      .string()
      .default('127.0.0.1')
      .describe('the address that port listens on; never a public one'),
  } as Record<`${Prefix}_METRICS_PORT`, typeof port> &
    Record<`${Prefix}_METRICS_HOST`, z.ZodDefault<z.ZodString>>;
  return {
    ...own,
    OTEL_EXPORTER_OTLP_ENDPOINT: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('the OpenTelemetry collector that takes traces by OTLP over HTTP; no traces without it'),
    OTEL_TRACES_SAMPLER_ARG: z.coerce
      .number()
      .min(0)
      .max(1)
      .default(0.05)
      .describe('the share of requests that are traced, unless whoever asks has decided'),
  };
}

/** What the telemetry of one process needs to know. */
export interface TelemetryConfig {
  service: string;
  metrics: { port: number | undefined; host: string };
  traces: { endpoint: string | undefined; share: number };
  trustedProxyHops: number;
}
