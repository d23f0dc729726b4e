import { z } from 'zod';
import { SECRET, section, whole } from '#kit/settings.ts';

/** How long after a change every replica has surely looked at the keys again. */
export const KEY_POLL_SECONDS = 2;

export const keys = section({
  title: 'Keys',
  settings: {
    IDP_MASTER_KEYS: z
      .string()
      .min(44, 'needs at least one 32-byte key in base64')
      .describe(
        '32 random bytes in base64 (`openssl rand -base64 32`); several, newest first, separated by commas',
      )
      .meta(SECRET),
    JWKS_MAX_AGE_SECONDS: whole(300, 86_400).describe('how long relying parties may keep the published keys'),
    KEY_ROTATION_SECONDS: whole(90 * 86_400, 400 * 86_400).describe('how long a key signs'),
    KEY_ANNOUNCE_SECONDS: whole(86_400, 30 * 86_400).describe('how long a key is published before it signs'),
  },
  check(values, complain) {
    const soonest = values.JWKS_MAX_AGE_SECONDS + KEY_POLL_SECONDS;
    if (values.KEY_ANNOUNCE_SECONDS < soonest) {
      complain(
        'KEY_ANNOUNCE_SECONDS',
        `must be at least ${soonest}, so that every cache of the JWKS has seen a key before it signs`,
      );
    }
    if (values.KEY_ROTATION_SECONDS <= values.KEY_ANNOUNCE_SECONDS) {
      complain('KEY_ROTATION_SECONDS', 'must be longer than KEY_ANNOUNCE_SECONDS');
    }
  },
});
