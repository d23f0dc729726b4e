import { z } from 'zod';

const text = z.string().trim().min(1).max(60);
const localized = z.strictObject({ 'zh-TW': text, en: text });
const claim = z.string().regex(/^[\w.:/-]{1,100}$/);
const className = z.enum(['password', 'mfa']);

/**
 * What is declared about a provider of an institution: one JSON file under review. Whatever it claims, its word
 * reaches no further than `vouchesFor` and no higher than `acr.ceiling`; a passkey of ours it never replaces.
 */
export const providerSchema = z.strictObject({
  code: z.string().regex(/^[a-z][a-z0-9-]{1,29}$/),
  name: localized,
  /** On the button of the sign-in page. */
  button: localized,
  issuer: z.url({ protocol: /^https?$/ }),
  client: z.strictObject({
    id: z.string().min(1).max(200),
    authentication: z
      .enum(['private_key_jwt', 'client_secret_basic', 'client_secret_post'])
      .default('private_key_jwt'),
    idTokenAlg: z.enum(['RS256', 'PS256', 'ES256', 'EdDSA']).default('RS256'),
    scopes: z
      .array(z.string().regex(/^[\w:./-]+$/))
      .default(['openid', 'profile', 'email'])
      .refine((scopes) => scopes.includes('openid'), 'openid is missing'),
  }),
  /** Our name of a fact → the claim that holds it. */
  claims: z
    .strictObject({
      name: claim.optional(),
      email: claim.optional(),
      phone: claim.optional(),
      title: claim.optional(),
      unit: claim.optional(),
      employee: claim.optional(),
    })
    .default({ name: 'name', email: 'email' }),
  /** Facts that stay a person's for good: when one is another, so may be the person, and the link is proved anew. */
  stable: z.array(z.enum(['name', 'email', 'phone', 'title', 'unit', 'employee'])).default([]),
  acr: z
    .strictObject({
      /** Asked for (`acr_values`) when more than a password is needed. */
      ask: z.array(z.string().min(1).max(200)).default([]),
      /** What its classes are worth here; one that is not named is worth a password. */
      values: z.record(z.string(), className).default({}),
      /** Methods (`amr`) of which one makes it a second factor. */
      secondFactors: z.array(z.string().min(1).max(40)).default([]),
      ceiling: className.default('password'),
    })
    .default({ ask: [], values: {}, secondFactors: [], ceiling: 'password' }),
  /** A sign-in there may be this old, in seconds. */
  maxAge: z.int().min(60).max(28_800).default(3600),
  /** Accounts of these roles, in one of these units or with an address in one of these domains. */
  vouchesFor: z
    .strictObject({
      units: z.array(z.string().min(1).max(20)).max(2000).default([]),
      emailDomains: z
        .array(z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/))
        .max(100)
        .default([]),
      roles: z.array(z.enum(['user', 'unit_manager'])).default(['user']),
    })
    .refine(({ units, emailDomains }) => units.length + emailDomains.length > 0, 'names nobody'),
  /** Whether everybody sees its button, or whoever names its unit or domain. */
  shown: z.enum(['button', 'when_named']).default('when_named'),
  logout: z.strictObject({ endSession: z.boolean().default(true) }).default({ endSession: true }),
});

export type ProviderManifest = z.infer<typeof providerSchema>;

/** Reads a manifest's JSON text. Every fault is told at once, each at its place. */
export function readProviderManifest(
  text: string,
): { ok: true; manifest: ProviderManifest } | { ok: false; faults: string[] } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, faults: ['not JSON'] };
  }
  const parsed = providerSchema.safeParse(json);
  if (parsed.success) return { ok: true, manifest: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
  };
}
