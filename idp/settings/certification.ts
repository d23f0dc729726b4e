import { z } from 'zod';
import { flag, section } from '#kit/settings.ts';

export const certification = section({
  title: 'Certification',
  settings: {
    IDP_CERTIFICATION: flag.describe(
      'for the test suite of the OpenID Foundation alone, see docs/certification.md: registration open to everybody, no PKCE for its clients; refused in production and on a database with people in it',
    ),
    IDP_CERTIFICATION_HOST: z
      .string()
      .regex(/^[a-z0-9.-]{1,253}$/)
      .optional()
      .describe('the one host on a private network that may be called then: the suite’s'),
  },
  check(values, complain) {
    if (values.IDP_CERTIFICATION_HOST !== undefined && !values.IDP_CERTIFICATION) {
      complain('IDP_CERTIFICATION_HOST', 'only with IDP_CERTIFICATION');
    }
  },
});
