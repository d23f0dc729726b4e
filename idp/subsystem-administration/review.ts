import type { Db } from '#db/idp/tables.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { FieldError, Views } from '#templates/views.ts';
import { type Manifest, compareManifests, countHolders } from '../subsystems/index.ts';

type Review = Views['idp/console-manifest-review'];

/** What applying `manifest` would change, with how many accounts hold what goes. */
export async function reviewOf(
  db: Db,
  locale: Locale,
  before: { version: number; manifest: Manifest } | undefined,
  manifest: Manifest,
  form: {
    action: string;
    fields: { name: string; value: string }[];
    backUrl: string;
    reason?: string;
    hasSeen?: boolean;
    errors?: FieldError[];
  },
): Promise<Review> {
  const changes = compareManifests(before?.manifest, manifest);
  const gone = (danger: string): string[] =>
    changes.flatMap((change) => (change.danger === danger && change.code ? [change.code] : []));
  const holders = await countHolders(db, manifest.code, {
    roles: gone('role_removed'),
    duties: gone('duty_removed'),
    menuRoles: gone('menu_role_removed'),
  });
  return {
    name: manifest.name[locale],
    isNew: before === undefined,
    changes: changes.map(({ path, kind, before: from, after: to, danger }) => ({
      ...{ path, kind, before: from, after: to },
      danger: { key: danger === undefined ? '' : `manifest-danger.${danger}` },
      holders: holders.get(path) ?? 0,
    })),
    dangers: changes.filter(({ danger }) => danger !== undefined).length,
    ...{ reason: '', hasSeen: false, errors: [], ...form },
  };
}
