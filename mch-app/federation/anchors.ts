import { z } from 'zod';

const publicKey = z
  .looseObject({ kty: z.enum(['EC', 'RSA', 'OKP']), kid: z.string().min(1).max(200) })
  .refine((key) => !('d' in key) && !('k' in key));

const anchors = z
  .record(z.url({ protocol: /^https?$/ }), z.looseObject({ keys: z.array(publicKey).min(1).max(20) }))
  .refine((record) => Object.keys(record).length > 0);

/** Anchors that are believed, by entity id: their keys, brought by other means than the network. */
export type TrustAnchors = z.infer<typeof anchors>;

/** A setting that holds them as JSON. */
export const trustAnchors = z.string().transform((text, context): TrustAnchors => {
  try {
    const parsed = anchors.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {
    // said below
  }
  context.addIssue({
    code: 'custom',
    message: 'must be a JSON object of JSON Web Key Sets with public keys, by entity id',
  });
  return z.NEVER;
});
