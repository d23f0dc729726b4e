import { z } from 'zod';
import { list, section, whole } from '#kit/settings.ts';

export const signIn = section({
  title: 'Signing in',
  settings: {
    ARGON2_MEMORY_KIB: whole(19_456, 4_194_304).describe(
      'memory of a password hash (OWASP); existing hashes follow at the next sign-in',
    ),
    ARGON2_TIME: whole(2, 20).describe('passes of a password hash'),
    PASSWORD_POLICY: z
      .enum(['deck', 'nist'])
      .default('deck')
      .describe('`deck`: composition rules and expiry of the programme; `nist`: SP 800-63B'),
    PHISHING_RESISTANT_ROLES: list()
      .pipe(z.array(z.enum(['user', 'unit_manager', 'hpa_admin', 'platform_ops'])))
      .describe(
        'roles that sign in with a passkey, separated by commas: `user` `unit_manager` `hpa_admin` `platform_ops`; who has none adds one at the next sign-in',
      ),
    SESSION_IDLE_SECONDS: whole(20 * 60, 86_400).describe("a session's end without activity"),
    SESSION_ABSOLUTE_SECONDS: whole(8 * 3600, 7 * 86_400).describe("a session's end in any case"),
    ACCESS_TOKEN_SECONDS: whole(600, 3600).describe('life of an opaque access token'),
    ID_TOKEN_SECONDS: whole(600, 3600).describe('life of an ID token'),
    WAITING_REQUEST_SECONDS: whole(600, 1800).describe(
      'how long a device or a request without a browser waits for its answer',
    ),
    UNATTENDED_GRANT_SECONDS: whole(30 * 86_400, 30 * 86_400).describe(
      'life of a grant that no browser session holds, and of its refresh tokens',
    ),
    JWT_ACCESS_TOKEN_SECONDS: whole(300, 300).describe(
      'life of a JWT access token, which nothing but its end revokes',
    ),
    CLIENT_REQUESTS_PER_MINUTE: whole(30_000, 10_000_000).describe(
      'requests of one client from one address at the token, introspection, revocation, PAR, device, backchannel and registration endpoints in a minute, a process; more answer 429',
    ),
    ADDRESS_REQUESTS_PER_MINUTE: whole(120_000, 10_000_000).describe(
      'requests from one address at those endpoints in a minute, a process, whatever clients they name',
    ),
    EXCHANGES_PER_MINUTE: whole(900, 100_000).describe(
      'token exchanges of one client in a minute, at all replicas together; more answer 429',
    ),
  },
});
