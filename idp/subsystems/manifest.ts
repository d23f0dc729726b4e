import { z } from 'zod';
import { detailTypes } from './authorization-details.ts';
import { clientSchema, code, webUri } from './client-manifest.ts';
import { clientFaults } from './client-rules.ts';
import { delegation, delegationFaults } from './delegation-policy.ts';
import { localized } from './localized.ts';
import { type ManifestFault, fault, toFaults } from './manifest-faults.ts';

const acr = z.enum([
  'urn:single-entry:acr:password',
  'urn:single-entry:acr:mfa',
  'urn:single-entry:acr:phishing-resistant',
]);

/**
 * How the readiness check looks at it: as what its technical account acts, and an address that answers 2xx to a
 * browser signed in there and anything else to any other.
 */
export const readiness = z.strictObject({
  signedInUri: webUri,
  unit: z.string().min(1).max(20),
  role: code,
  duty: code,
  menuRoles: z.array(z.string()).default([]),
});

/** What a subsystem declares about itself: one JSON file under review. */
export const manifestSchema = z.strictObject({
  code,
  suffix: z.string().regex(/^[a-z]{2,5}$/),
  colour: z.int().min(1).max(8),
  party: z.enum(['first', 'third']).default('first'),
  name: localized,
  shortName: localized,
  messagePrefix: localized,
  client: clientSchema,
  resources: z
    .array(
      z.strictObject({
        identifier: z.url({ protocol: /^(https?|urn)$/ }),
        scopes: z.array(z.string().regex(/^[\w:./-]+$/)).min(1),
        format: z.enum(['jwt', 'opaque']),
        /** What may be asked of it in more words than a scope (RFC 9396). */
        authorizationDetails: detailTypes,
      }),
    )
    .default([]),
  roles: z
    .array(
      z.strictObject({ code, label: localized, manages: z.boolean().default(false), acr: acr.optional() }),
    )
    .min(1),
  duties: z
    .array(
      z.strictObject({
        code,
        label: localized,
        unitKinds: z.array(z.string()).default([]),
        menuRoles: z.array(z.string()).default([]),
      }),
    )
    .min(1),
  menuRoles: z.array(z.strictObject({ code, label: localized })).default([]),
  managerQuota: z.int().min(1).default(2),
  reviewChain: z.array(code).min(1),
  managerReviewChain: z.array(code).min(1),
  binding: z.discriminatedUnion('proof', [
    z.strictObject({ proof: z.literal('local') }),
    z.strictObject({ proof: z.literal('remote'), endpoint: webUri }),
  ]),
  applicationFields: z
    .array(
      z.strictObject({
        name: code,
        label: localized,
        type: z.enum(['text', 'checkboxes', 'select']),
        options: z.array(z.strictObject({ value: code, label: localized })).default([]),
        required: z.boolean().default(false),
      }),
    )
    .default([]),
  exchange: z.strictObject({ allowed: z.boolean() }).default({ allowed: false }),
  delegation: delegation.optional(),
  readiness: readiness.optional(),
  /** Whether an operator may act as an account here, approved by another, and with no more than these scopes. */
  impersonation: z
    .strictObject({ allowed: z.boolean(), scopes: z.array(z.string().min(1)).optional() })
    .optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;

export type ManifestReading = { ok: true; manifest: Manifest } | { ok: false; faults: ManifestFault[] };

/**
 * Reads a manifest's JSON text, `${NAME}` replaced from `environment`, and checks it in itself: every code it
 * refers to must be one it declares. Every fault is told at once, each at its place.
 */
export function readManifest(text: string, environment: NodeJS.ProcessEnv): ManifestReading {
  const missing = new Set<string>();
  const filled = text.replace(/\$\{([A-Z][A-Z0-9_]*)\}/g, (_match, name: string) => {
    const value = environment[name];
    if (value === undefined) missing.add(name);
    return JSON.stringify(value ?? '').slice(1, -1);
  });
  if (missing.size > 0) {
    return { ok: false, faults: [...missing].map((name) => fault('', 'not_set', { name: `\${${name}}` })) };
  }

  let json: unknown;
  try {
    json = JSON.parse(filled);
  } catch {
    return { ok: false, faults: [fault('', 'not_json')] };
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) return { ok: false, faults: toFaults(parsed.error) };
  const faults = inconsistencies(parsed.data);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, manifest: parsed.data };
}

function inconsistencies(manifest: Manifest): ManifestFault[] {
  return [
    ...repetitions(manifest),
    ...undeclared(manifest),
    ...readinessFaults(manifest),
    ...delegationFaults(manifest),
    ...impersonationFaults(manifest),
    ...clientFaults(manifest.client, manifest.exchange.allowed),
  ];
}

function repetitions(manifest: Manifest): ManifestFault[] {
  const lists = (['roles', 'duties', 'menuRoles'] as const).flatMap((list) => {
    const codes = manifest[list].map((item) => item.code);
    return repeated(codes, (at) => `${list}.${at}.code`);
  });
  const types = manifest.resources.flatMap(({ authorizationDetails = [] }) =>
    authorizationDetails.map(({ type }) => type),
  );
  return [...lists, ...repeated(types, () => 'resources')];
}

function repeated(codes: string[], place: (at: number) => string): ManifestFault[] {
  return codes.flatMap((code, at) =>
    codes.indexOf(code) < at ? [fault(place(at), 'repeated', { code })] : [],
  );
}

function undeclared(manifest: Manifest): ManifestFault[] {
  const known = new Set(manifest.menuRoles.map((role) => role.code));
  return manifest.duties.flatMap((duty, at) =>
    duty.menuRoles.flatMap((code, position) =>
      known.has(code) ? [] : [fault(`duties.${at}.menuRoles.${position}`, 'undeclared', { code })],
    ),
  );
}

/** Nobody else consents for a person: what is not ours is entered by themselves alone. */
function impersonationFaults({ impersonation, party, client, resources }: Manifest): ManifestFault[] {
  if (!impersonation?.allowed) return [];
  const known = new Set([...client.scope.split(' '), ...resources.flatMap(({ scopes }) => scopes)]);
  const unknown = (impersonation.scopes ?? []).filter((scope) => !known.has(scope));
  return [
    ...(party === 'third' ? [fault('impersonation.allowed', 'first_party_only')] : []),
    ...(client.initiate_login_uri === undefined ? [fault('client.initiate_login_uri', 'missing')] : []),
    ...unknown.map((code) => fault('impersonation.scopes', 'undeclared', { code })),
  ];
}

/** The account of the check may do as little as anybody: no managing, no stronger sign-in. */
function readinessFaults({ readiness: wish, roles, duties, menuRoles }: Manifest): ManifestFault[] {
  if (!wish) return [];
  const faults: ManifestFault[] = [];
  const role = roles.find(({ code }) => code === wish.role);
  if (!role) faults.push(fault('readiness.role', 'undeclared', { code: wish.role }));
  else if (role.manages || role.acr !== undefined) faults.push(fault('readiness.role', 'readiness_role'));
  if (!duties.some(({ code }) => code === wish.duty)) {
    faults.push(fault('readiness.duty', 'undeclared', { code: wish.duty }));
  }
  for (const code of wish.menuRoles) {
    if (!menuRoles.some((known) => known.code === code)) {
      faults.push(fault('readiness.menuRoles', 'undeclared', { code }));
    }
  }
  return faults;
}
