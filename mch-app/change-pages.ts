import { translate } from '#templates/locales.ts';
import { rightsOn } from './access/index.ts';
import {
  type ChangeRequestHost,
  type ChangeRoute,
  type Party,
  changeRequestRoutes,
  findLastContact,
  reviewersOf,
  waitingFor,
} from './change-requests/index.ts';
import { insertNotice } from './notices/index.ts';
import { type Holder, type RecordPageDeps, frameOf } from './record-pages.ts';
import { type Area, listCorrectable, unlockRecord } from './records/index.ts';
import { sessionOf } from './sessions/index.ts';
import { actingForm } from './shell/index.ts';
import type { Todo } from './todos/index.ts';

/** The pages of the change requests, lent what they need of the records and of the single entry. */
export function changePages(
  deps: RecordPageDeps & { issuer: string; origin: string },
  areas: readonly Area[],
): ChangeRoute[] {
  const { db, clock, keyring, show, menu } = deps;
  const host: ChangeRequestHost = {
    db,
    clock,
    keyring,
    show,
    accountsUrl: `${deps.issuer}/console/subsystem-accounts`,
    partyOf: (ctx) => partyOf(sessionOf(ctx)),
    mailOf: async (ctx) => (await findLastContact(db, sessionOf(ctx).sub)) ?? { phone: '', email: '' },
    records: {
      listCorrectable(party, category, no) {
        const grants = menu.grantsOf(party);
        const mayRead = (path: string): boolean => rightsOn(grants, path).includes('R');
        return listCorrectable(db, areas, { ...party, mayRead }, category, no);
      },
    },
    unlockRecord: (trx, of, until, by) => unlockRecord(trx, of, until, by, clock()),
    async notify(trx, notice) {
      await insertNotice(trx, { ...notice, link: `${deps.origin}${notice.path}`, at: clock() }, 'kept');
    },
    frameOf: (ctx, path) => frameOf(ctx, menu, path),
    actingForm: (handle) => actingForm(show, {}, handle, () => '/'),
  };
  return changeRequestRoutes(host);
}

/** T29: requests that wait for this account's word; nobody's line who decides none. */
export function changeTodo(holder: Holder): Todo[] {
  const party = partyOf(holder);
  const reviewers = reviewersOf(party);
  if (reviewers.length === 0) return [];
  const { code: unitCode, county } = party.unit;
  return [
    {
      id: 'T29',
      system: 'system',
      label: {
        'zh-TW': translate('zh-TW', 'change-requests.todo'),
        en: translate('en', 'change-requests.todo'),
      },
      url: '/admin/service/change-review?progress=reviewing',
      count: waitingFor({ reviewers, unitCode, county }, party.sub),
    },
  ];
}

function partyOf({ sub, personName, account }: Holder): Party {
  const { code, name, county } = account.unit;
  const { id: accountId, role, duty, menuRoles } = account;
  return { sub, accountId, personName, role, duty, menuRoles, unit: { code, name, county } };
}
