import type { Locale } from '#kit/http/locale.ts';
import type { FieldError, Views } from '#templates/views.ts';
import { listEntitled, readManagerQuota } from '../../entitlements/index.ts';
import { type ConsoleCaller, reachOf } from '../../permissions/index.ts';
import { findUnit, unitLabel } from '../../units/index.ts';
import { maySucceed, missingMenuRoles } from '../policy.ts';
import { listCandidates } from '../store.ts';
import type { PermissionKind, PermissionRequestDeps } from '../types.ts';
import { PERMISSION_REQUESTS } from '../words.ts';
import { menuRoleLabel } from './view.ts';

/** The form as it was typed; `pair` is a subsystem's code and a unit's, joined by a colon. */
export interface TypedRequest {
  pair: string;
  kind: string;
  target: string;
  role: string;
  content: string;
  phone: string;
  email: string;
}

const KINDS: PermissionKind[] = ['menu_role', 'extra_manager'];

/** What the caller may ask for: the subsystems of the own unit, and what they manage elsewhere. */
export function pairsOf({ registry }: PermissionRequestDeps, caller: ConsoleCaller) {
  const reach = reachOf(caller, 'permission_requests.create');
  const codes = registry.list().flatMap(({ subsystem }) => subsystem?.code ?? []);
  const whole = (reach?.unitCodes ?? []).flatMap((unitCode) =>
    codes.map((subsystemCode) => ({ subsystemCode, unitCode })),
  );
  const pairs = [...whole, ...(reach?.managed ?? [])].filter(({ subsystemCode }) =>
    registry.subsystem(subsystemCode)?.manifest.roles.some(({ manages }) => manages),
  );
  const named = new Map(pairs.map((pair) => [`${pair.subsystemCode}:${pair.unitCode}`, pair]));
  return [...named].map(([value, pair]) => ({ value, ...pair }));
}

/** M-43: the form for one subsystem and unit. */
export async function formView(
  deps: PermissionRequestDeps,
  caller: ConsoleCaller,
  typed: TypedRequest,
  errors: FieldError[],
  locale: Locale,
): Promise<Views['idp/console-permission-request']> {
  const { db, registry, clock } = deps;
  const pairs = pairsOf(deps, caller);
  const pair = pairs.find(({ value }) => value === typed.pair) ?? pairs[0];
  const subsystem = pair && registry.subsystem(pair.subsystemCode);
  const unit = pair && (await findUnit(db, pair.unitCode));
  const manifest = subsystem?.manifest;
  const candidates = pair ? await listCandidates(db, pair) : [];
  const entitled = pair ? (await listEntitled(db, pair.unitCode, clock())).get(pair.subsystemCode) : [];
  const roles = manifest ? missingMenuRoles(manifest, unit?.kind ?? '', entitled) : [];
  const units = new Map<string, string>();
  for (const { unitCode } of pairs) {
    const found = units.has(unitCode) ? undefined : await findUnit(db, unitCode);
    if (found) units.set(unitCode, unitLabel(found, locale));
  }
  const labelOf = (each: { subsystemCode: string; unitCode: string }): string =>
    `${registry.subsystem(each.subsystemCode)?.name[locale] ?? each.subsystemCode} / ${units.get(each.unitCode) ?? ''}`;
  const nothing = pairs.length === 0 ? [{ field: '', key: 'console-permission.nothing' }] : [];
  return {
    facts: [
      { key: 'console-permission.applicant', text: caller.personName },
      { key: 'console-permission.unit', text: pair ? (units.get(pair.unitCode) ?? '') : '' },
      { key: 'console-permission.progress', textKey: 'console-permission.progress-open' },
    ],
    pairs: pairs.map((each) => ({
      value: each.value,
      label: labelOf(each),
      selected: each.value === pair?.value,
    })),
    pairAction: `${PERMISSION_REQUESTS}/new`,
    action: PERMISSION_REQUESTS,
    pair: pair?.value ?? '',
    kinds: KINDS.map((value) => ({
      value,
      key: `console-permission.kind-${value}`,
      selected: value === typed.kind,
    })),
    candidates: candidates
      .filter((each) => pair && manifest && maySucceed(each, manifest, pair))
      .map(({ id, holderName }) => ({
        value: id,
        label: `${holderName} (${id})`,
        selected: id === typed.target,
      })),
    menuRoles: roles.map((code) => ({
      value: code,
      label: menuRoleLabel(subsystem, code, locale),
      selected: code === typed.role,
    })),
    quota: pair && manifest ? await readManagerQuota(db, { unitCode: pair.unitCode, manifest }) : undefined,
    values: { content: typed.content, phone: typed.phone, email: typed.email },
    listUrl: PERMISSION_REQUESTS,
    errors: [...nothing, ...errors],
  };
}
