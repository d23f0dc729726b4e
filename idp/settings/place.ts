import { z } from 'zod';
import { isLoopback } from '#kit/environment.ts';
import { flag, section, whole } from '#kit/settings.ts';

export const place = section({
  title: 'Where it stands',
  settings: {
    NODE_ENV: z
      .enum(['development', 'test', 'production'])
      .default('development')
      .describe('`production` refuses every default that is meant for development'),
    IDP_ISSUER: z
      .url({ protocol: /^https?$/ })
      .default('http://localhost:3000')
      .describe('the one public address; https outside loopback; never derived from a request'),
    IDP_HOST: z.string().default('127.0.0.1').describe('the address it listens on'),
    IDP_PORT: whole(3000, 65_535).describe('the port it listens on'),
    IDP_TRUSTED_PROXY_HOPS: z.coerce
      .number()
      .int()
      .min(0)
      .max(5)
      .default(0)
      .describe('how many proxies of yours append to `X-Forwarded-For`'),
    LOGOUT_PRIVATE_NETWORKS: flag.describe('1: relying parties on private addresses may be told of a logout'),
    LOG_LEVEL: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .describe('the least that is logged'),
  },
  check(values, complain) {
    if (!isLoopback(values.IDP_ISSUER) && !values.IDP_ISSUER.startsWith('https:')) {
      complain('IDP_ISSUER', 'must be https outside loopback');
    }
    if (new URL(values.IDP_ISSUER).pathname !== '/') complain('IDP_ISSUER', 'must not have a path');
  },
});

export const demo = section({
  title: 'The demo',
  settings: {
    IDP_DEMO: flag.describe(
      'demo hints, `/demo/codes`, `/demo/mailbox`; refused in production and outside loopback',
    ),
    CAPTCHA_FIXED: z
      .string()
      .regex(/^\d{5}$/)
      .optional()
      .describe('five digits, for automated tests; refused in production and outside loopback'),
  },
});
