import type { Manifest } from './manifest.ts';

/** Why a change wants a second look; the words are `manifest-danger.<danger>`. */
export type Danger =
  | 'role_removed'
  | 'menu_role_removed'
  | 'duty_removed'
  | 'redirect_changed'
  | 'logout_changed'
  | 'keys_changed'
  | 'authentication_changed'
  | 'signing_changed'
  | 'more_grants'
  | 'scopes_widened'
  | 'scopes_narrowed'
  | 'party_changed'
  | 'review_changed'
  | 'management_changed'
  | 'binding_changed'
  | 'impersonation_changed';

/** One difference between two manifests, at its place. Values are JSON texts; '' where there is none. */
export interface ManifestChange {
  path: string;
  kind: 'added' | 'removed' | 'changed';
  before: string;
  after: string;
  danger?: Danger;
  /** The code that accounts may hold, of a removed role, duty or menu role. */
  code?: string;
}

type Leaves = Map<string, string>;

/** What `after` changes of `before`, place by place, in the order of the manifest; nothing when they are the same. */
export function compareManifests(before: Manifest | undefined, after: Manifest): ManifestChange[] {
  const [old, now] = [before ? leavesOf(before) : new Map<string, string>(), leavesOf(after)];
  const paths = [...new Set([...now.keys(), ...old.keys()])];
  return paths.flatMap((path): ManifestChange[] => {
    const [from, to] = [old.get(path) ?? '', now.get(path) ?? ''];
    if (from === to) return [];
    const kind = from === '' ? 'added' : to === '' ? 'removed' : 'changed';
    const change = { path, kind, before: from, after: to } as const;
    const danger = before && dangerOf(change);
    const code = CODED.exec(path)?.[2];
    return [{ ...change, ...(danger && { danger }), ...(kind === 'removed' && code && { code }) }];
  });
}

const CODED = /^(roles|duties|menuRoles)\.([\w-]+)\.code$/;

/** What may never change of a subsystem, since accounts and tokens carry it. */
export function fixedParts(before: Manifest, after: Manifest): string[] {
  // who goes over to a chain of trust, or back, is another client of the same subsystem
  const changesWay = (before.client.federation === undefined) !== (after.client.federation === undefined);
  const parts: [string, boolean][] = [
    ['code', before.code !== after.code],
    ['suffix', before.suffix !== after.suffix],
    ['client.client_id', !changesWay && before.client.client_id !== after.client.client_id],
    ['client.subject_type', isPairwise(before) !== isPairwise(after)],
  ];
  return parts.filter(([, differs]) => differs).map(([path]) => path);
}

const isPairwise = ({ client }: Manifest): boolean => client.subject_type === 'pairwise';

const RULES: [RegExp, (change: ManifestChange) => Danger | undefined][] = [
  [/^roles\.[\w-]+\.code$/, (change) => (change.kind === 'removed' ? 'role_removed' : undefined)],
  [/^duties\.[\w-]+\.code$/, (change) => (change.kind === 'removed' ? 'duty_removed' : undefined)],
  [/^menuRoles\.[\w-]+\.code$/, (change) => (change.kind === 'removed' ? 'menu_role_removed' : undefined)],
  [/^roles\.[\w-]+\.(manages|acr)$/, (change) => (isWholeItem(change) ? undefined : 'management_changed')],
  [/^client\.(redirect_uris|initiate_login_uri|post_logout_redirect_uris)/, () => 'redirect_changed'],
  [/^client\.backchannel_logout_uri/, () => 'logout_changed'],
  [/^client\.(jwks|jwks_uri)/, () => 'keys_changed'],
  [/^client\.(client_id|federation)/, () => 'authentication_changed'],
  [/^client\.token_endpoint_auth_method/, () => 'authentication_changed'],
  [/^client\.(require_|dpop_bound|tls_client|profile$|token_endpoint_auth)/, () => 'authentication_changed'],
  [/^client\.backchannel_(token|client|auth)/, () => 'authentication_changed'],
  [/^client\.(request_object|response_modes|\w+_response_)/, () => 'signing_changed'],
  [/^client\.grant_types/, (change) => (change.kind === 'added' ? 'more_grants' : undefined)],
  [/^client\.scope/, (change) => (change.kind === 'added' ? 'scopes_widened' : 'scopes_narrowed')],
  [/^party/, () => 'party_changed'],
  [/^(reviewChain|managerReviewChain|managerQuota)/, () => 'review_changed'],
  [/^binding/, () => 'binding_changed'],
  [/^impersonation/, () => 'impersonation_changed'],
];

/** A role that comes or goes says so once, at its code. */
function isWholeItem({ kind }: ManifestChange): boolean {
  return kind !== 'changed';
}

function dangerOf(change: ManifestChange): Danger | undefined {
  for (const [place, judge] of RULES) if (place.test(change.path)) return judge(change);
  return undefined;
}

/** Every value by its path: items that have a code are named by it, members of plain lists by themselves. */
function leavesOf(manifest: Manifest): Leaves {
  const leaves: Leaves = new Map();
  const { scope, ...client } = manifest.client;
  collect('', { ...manifest, client: { ...client, scope: scope.split(' ') } }, leaves);
  return leaves;
}

/** Lists whose order is part of their meaning. */
const ORDERED = /^(reviewChain|managerReviewChain)$/;

function collect(path: string, value: unknown, leaves: Leaves): void {
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (Array.isArray(value) && !ORDERED.test(path)) {
    for (const item of value as unknown[]) {
      const name = nameOf(item);
      if (name === undefined) leaves.set(at(String(item)), JSON.stringify(item));
      else collect(at(name), item, leaves);
    }
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (member !== undefined) collect(at(name), member, leaves);
    }
  } else {
    leaves.set(path, JSON.stringify(value));
  }
}

function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const named = item as { code?: string; name?: string; value?: string; identifier?: string; kid?: string };
  return named.code ?? named.name ?? named.value ?? named.identifier ?? named.kid ?? JSON.stringify(item);
}
