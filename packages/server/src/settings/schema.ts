import { z } from 'zod';
import { logLevels } from '../log/logger.ts';
import { optionsSchema } from '../options.ts';
import * as field from './fields.ts';

const portExpected = 'a whole number from 0 to 65535';
const hostExpected = 'a host name or address';

/** From text, as the environment has it, or as the configuration file says it. */
const port = z.preprocess(
  (value) => (typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value),
  z.number(portExpected).int(portExpected).min(0, portExpected).max(65_535, portExpected).optional(),
);

const drainExpected = 'a number of seconds from 0 to 300';

const drainSeconds = z.preprocess(
  (value) => (typeof value === 'string' && /^\d{1,3}(?:\.\d{1,3})?$/.test(value) ? Number(value) : value),
  z.number(drainExpected).min(0, drainExpected).max(300, drainExpected).default(0),
);

const origins = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value),
  field.origins.default([]),
);

const running = {
  port,
  drainSeconds,
  origins,
  /** For `bus`, which says more and can be given in the file only. */
  natsUrl: field.natsUrl.optional(),
  /** For `metrics.token`, which can be given in the file only. */
  metricsToken: field.metricsToken.optional(),
  logLevel: z.enum(logLevels, `one of ${logLevels.join(', ')}`).optional(),
  issuer: optionsSchema.shape.issuer.default('Countersign'),
  audience: optionsSchema.shape.audience.default('countersign'),
  methods: optionsSchema.shape.methods.optional(),
};

/** A URL of something else is no name of a directory. */
const directory = z
  .string()
  .min(1)
  .refine((value) => !value.includes('://'));

const notProduction =
  'anything but "production": countersign dev shows codes to whoever looks. Use countersign serve';

/** `countersign dev`: everything has a default, and nothing reaches beyond this machine. */
export const devSchema = optionsSchema.extend({
  ...running,
  host: z
    .enum(
      ['127.0.0.1', 'localhost', '::1'],
      '127.0.0.1, localhost or ::1: countersign dev is for this machine only',
    )
    .default('127.0.0.1'),
  environment: z
    .string()
    .refine((value) => value !== 'production', notProduction)
    .optional(),
  secret: optionsSchema.shape.secret.optional(),
  database: z
    .union([directory, optionsSchema.shape.database], 'a PostgreSQL URL, a directory, or "temporary"')
    .default('.countersign/db'),
});

/** `countersign serve`: what must not be made up must be given. */
export const serveSchema = optionsSchema.extend({
  ...running,
  host: z.string(hostExpected).min(1, hostExpected).default('127.0.0.1'),
  environment: z.string().optional(),
  serviceKey: field.serviceKey,
});

/** `countersign migrate`: a database; the rest of the configuration is not looked at. */
export const migrateSchema = z.object({ database: optionsSchema.shape.database });
