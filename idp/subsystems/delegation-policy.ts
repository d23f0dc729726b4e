import { z } from 'zod';
import { type ManifestFault, fault } from './manifest-faults.ts';

const clientId = z.string().regex(/^[a-z][a-z0-9_-]{1,39}$/);
const scope = z.string().regex(/^[\w:./-]+$/);

/**
 * Who may act for a person towards this subsystem's resources (RFC 8693), besides its own client. Nothing is
 * allowed that is not told here.
 */
export const delegation = z.strictObject({
  /** The one client that may act with tokens for this subsystem's resources: their `may_act` (RFC 8693 §4.4). */
  mayAct: clientId.optional(),
  from: z
    .array(
      z.strictObject({
        /** Who exchanges. */
        client: clientId,
        /** Whose tokens, besides its own; those must be meant for a resource of its own. */
        tokensOf: z.array(clientId).max(50).default([]),
        /** What the token exchanged must carry, every one. */
        needs: z.array(scope).min(1).max(20),
        resource: z.url({ protocol: /^(https?|urn)$/ }),
        scopes: z.array(scope).min(1).max(20),
      }),
    )
    .max(100)
    .default([]),
});

export type Delegation = z.infer<typeof delegation>;

/** Rules may name only what the manifest itself declares. */
export function delegationFaults(manifest: {
  delegation?: Delegation | undefined;
  resources: readonly { identifier: string; scopes: readonly string[] }[];
}): ManifestFault[] {
  return (manifest.delegation?.from ?? []).flatMap((rule, at) => {
    const resource = manifest.resources.find(({ identifier }) => identifier === rule.resource);
    if (!resource) return [fault(`delegation.from.${at}.resource`, 'undeclared', { code: rule.resource })];
    return rule.scopes.flatMap((code, position) =>
      resource.scopes.includes(code)
        ? []
        : [fault(`delegation.from.${at}.scopes.${position}`, 'undeclared', { code })],
    );
  });
}
