import { OFFICE_PAGES } from './back-office/index.ts';
import { CONTENT_PAGES } from './content/index.ts';
import { type Menu, createMenu } from './menu/index.ts';
import type { Area } from './records/index.ts';

/** Functions with a page that no area tells. */
const OWN_PAGES = [
  'common/todo',
  'common/change-requests/entry',
  'common/change-requests/history',
  'admin/service/change-review',
  ...CONTENT_PAGES,
  ...OFFICE_PAGES,
];

/** The menu of a system with these areas: THE place that knows which functions have a page. */
export function menuOf(areas: readonly Area[]): Menu {
  const ofAreas = areas.flatMap(({ kinds, alsoAt = [], reports }) => [
    ...[...kinds, ...alsoAt, ...reports].map(({ path }) => path),
    ...kinds.flatMap(({ entry }) => entry ?? []),
  ]);
  const imports = areas.flatMap(({ kinds }) => kinds.flatMap(({ importAt }) => importAt ?? []));
  const additions = areas.flatMap(({ path, functions, grants = {}, labels }) =>
    functions ? [{ path, functions, grants, labels }] : [],
  );
  return createMenu([...OWN_PAGES, ...ofAreas, ...imports], additions, imports);
}
