import { z } from 'zod';
import { PRINTED_SECRET, masterKeys, masterKeysCommand } from '#kit/master-keys.ts';
import { section, whole } from '#kit/settings.ts';

export const keys = section({
  title: 'Keys',
  settings: {
    IDP_MASTER_KEYS: masterKeys
      .describe(
        '32 random bytes in base64 (`openssl rand -base64 32`); several, newest first, separated by commas or lines',
      )
      .meta(PRINTED_SECRET),
    IDP_MASTER_KEYS_COMMAND: masterKeysCommand('IDP_MASTER_KEYS'),
    JWKS_MAX_AGE_SECONDS: whole(300, 86_400).describe('how long relying parties may keep the published keys'),
    KEY_ROTATION_SECONDS: whole(90 * 86_400, 400 * 86_400).describe('how long a key signs'),
    KEY_ANNOUNCE_SECONDS: derived(30 * 86_400).describe(
      'how long a key is published, at least, before it signs; a day, or as long as caches need if that is longer',
    ),
    KEY_DEADLINE_SECONDS: derived(60 * 86_400).describe(
      'how long after its publication a key signs although an active client has not fetched it; 7 times the announcement',
    ),
    KEY_KEEP_SECONDS: derived(60 * 86_400).describe(
      'how long a key stays published after it signed last; as long as anything it signed may live',
    ),
    KEY_POLL_SECONDS: whole(2, 30).describe(
      'how often a replica looks for changed keys, if no message comes',
    ),
    CLOCK_SKEW_SECONDS: z.coerce
      .number()
      .int()
      .min(0)
      .max(300)
      .default(60)
      .describe('how far the clocks of replicas and relying parties may be apart'),
  },
});

/** A span that follows from others when it is not set. */
function derived(max: number) {
  return z.coerce.number().int().min(1).max(max).optional();
}
