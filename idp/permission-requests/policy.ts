import type { Manifest } from '../subsystems/index.ts';
import type {
  Candidate,
  DecisionRefusal,
  Party,
  PermissionStatus,
  PermissionWish,
  SubmissionRefusal,
} from './types.ts';

type Roles = Pick<Manifest, 'roles'>;

/** Whether this account may be made a manager: active, in the unit, and none yet. */
export function maySucceed(
  candidate: Candidate | undefined,
  manifest: Roles,
  of: Pick<PermissionWish, 'subsystemCode' | 'unitCode'>,
): boolean {
  const role = manifest.roles.find(({ code }) => code === candidate?.role);
  return (
    candidate !== undefined &&
    candidate.isActive &&
    candidate.subsystemCode === of.subsystemCode &&
    candidate.unitCode === of.unitCode &&
    role?.manages === false
  );
}

/** Menu roles a unit of this kind could have and has not; none where nothing narrows what it may give. */
export function missingMenuRoles(
  manifest: Pick<Manifest, 'duties'>,
  unitKind: string,
  entitled: readonly string[] | undefined,
): string[] {
  if (entitled === undefined) return [];
  const possible = manifest.duties
    .filter(({ unitKinds }) => unitKinds.length === 0 || unitKinds.includes(unitKind))
    .flatMap(({ menuRoles }) => menuRoles);
  return [...new Set(possible)].filter((role) => !entitled.includes(role));
}

export interface WishFacts {
  manifest: Manifest;
  unitKind: string;
  entitled: readonly string[] | undefined;
  candidate: Candidate | undefined;
}

/** SM-08: what is wrong with a wish when it is sent. */
export function submissionRefusal(wish: PermissionWish, facts: WishFacts): SubmissionRefusal | undefined {
  if (wish.kind === 'extra_manager') {
    if (wish.targetId === null) return 'target_missing';
    if (!maySucceed(facts.candidate, facts.manifest, wish)) return 'target_unsuitable';
  } else {
    if (wish.menuRole === null) return 'role_missing';
    const refusal = roleRefusal(wish.menuRole, facts);
    if (refusal !== undefined) return refusal;
  }
  return wish.content === '' ? 'content_missing' : undefined;
}

function roleRefusal(menuRole: string, { manifest, unitKind, entitled }: WishFacts) {
  if (!missingMenuRoles(manifest, unitKind, []).includes(menuRole)) return 'role_unknown' as const;
  const missing = missingMenuRoles(manifest, unitKind, entitled);
  return missing.includes(menuRole) ? undefined : ('already_entitled' as const);
}

/** SM-08: why this administrator may not decide so, or what speaks against applying it now. */
export function decisionRefusal(
  request: PermissionWish & { status: PermissionStatus },
  people: { decider: Party | undefined; applicant: Party | undefined },
  asked: { decision: 'allow' | 'refuse'; reason: string },
  facts: Omit<WishFacts, 'manifest'> & { manifest: Manifest | undefined; unitIsOpen: boolean },
): DecisionRefusal | undefined {
  const { decider, applicant } = people;
  if (!decider?.isActive || decider.role !== 'hpa_admin') return 'decider_unavailable';
  if (!decider.isProven) return 'decider_unproven';
  const concerned = [applicant?.nationalIdIndex, facts.candidate?.nationalIdIndex];
  if (concerned.some((index) => isSame(index, decider.nationalIdIndex))) return 'own_request';
  if (request.status !== 'submitted') return 'not_pending';
  if (asked.decision === 'refuse') return asked.reason === '' ? 'reason_missing' : undefined;
  if (!facts.manifest) return 'subsystem_unavailable';
  if (!facts.unitIsOpen) return 'unit_closed';
  if (request.kind === 'menu_role') {
    return roleRefusal(request.menuRole ?? '', { ...facts, manifest: facts.manifest });
  }
  return maySucceed(facts.candidate, facts.manifest, request) ? undefined : 'target_unsuitable';
}

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, at) => byte === b[at]);
}
