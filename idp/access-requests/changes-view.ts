import { Fault } from '#kit/errors.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { Views } from '#templates/views.ts';
import type { ClientRegistry, Manifest } from '../subsystems/index.ts';
import { managesUnit } from './policy.ts';
import type { HeldRow } from './store/wishes.ts';
import type { RequestKind } from './types.ts';
import { labelIn, systemLabel } from './view.ts';
import { ACCESS_REQUESTS } from './words.ts';

const CHANGES = ['unit', 'role', 'menu_roles', 'disable'] as const;

/** The kind of change an address names. @throws Fault not_found */
export function requestedKind(text: string | undefined): Exclude<RequestKind, 'account'> {
  const kind = CHANGES.find((each) => each === text);
  if (!kind) throw new Fault('not_found');
  return kind;
}

/** What may be asked of which account: nothing while a change of it is under way. */
export function changeableView(
  registry: Pick<ClientRegistry, 'subsystem'>,
  locale: Locale,
  held: HeldRow[],
  open: ReadonlyMap<string, string>,
): Views['idp/access-changes']['accounts'] {
  return held.map((account) => {
    const { id, subsystemCode, unitCode, binding } = account;
    const manifest = registry.subsystem(subsystemCode)?.manifest;
    const pending = open.get(id);
    const address = `${ACCESS_REQUESTS}/changes/${encodeURIComponent(id)}`;
    return {
      id,
      subsystem: systemLabel(registry, locale, subsystemCode),
      name: binding ?? id,
      unit: { code: unitCode, name: locale === 'en' ? account.unitNameEn : account.unitName },
      roleLabel: labelIn(manifest?.roles, account.role, locale),
      pendingUrl: pending === undefined ? '' : `${ACCESS_REQUESTS}/${pending}`,
      deeds: CHANGES.filter((kind) => isPossible(kind, manifest, account)).map((kind) => ({
        key: `access-requests.kind-${kind}`,
        url: `${address}/${kind}`,
      })),
    };
  });
}

function isPossible(kind: RequestKind, manifest: Manifest | undefined, account: HeldRow): boolean {
  if (!manifest) return kind === 'disable';
  if (kind === 'role') {
    return !managesUnit(manifest, account.role) && manifest.roles.some(({ manages }) => manages);
  }
  const duty = manifest.duties.find(({ code }) => code === account.duty);
  return kind !== 'menu_roles' || (duty?.menuRoles.length ?? 0) > 0;
}
