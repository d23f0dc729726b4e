import { Fault } from '#kit/errors.ts';
import type { Reshow } from '../kept-forms/index.ts';
import type { Handler, SignedInContext } from '../sessions/index.ts';
import { showHome } from './home.ts';
import { type OfficeList, exportList, showList } from './list.ts';
import { historyList, reviewList, signInList, staffList, suspendedList } from './lists.ts';
import { HOME } from './places.ts';
import { reinstate, reinstatementAsTyped, showReinstatement } from './reinstatement.ts';
import {
  rightsAsTyped,
  rightsList,
  showRights,
  showRightsForm,
  submitRights,
  withdrawRights,
} from './rights.ts';
import { changeStaff, showStaff, staffAsTyped } from './staff.ts';
import type { OfficeHost, OfficeRoute } from './types.ts';
import {
  addQualification,
  changeContact,
  contactAsTyped,
  endAsTyped,
  endQualification,
  qualificationAsTyped,
  showUnit,
  unitList,
} from './units.ts';

/** Every address of the back office that is its own. */
export function officeRoutes(host: OfficeHost): OfficeRoute[] {
  /** For accounts that have the function in their menu. @throws Fault forbidden for any other */
  const only = <More extends unknown[]>(
    place: string,
    right: 'R' | 'C' | 'X',
    handle: (ctx: SignedInContext, ...more: More) => Promise<void>,
  ) => {
    return async (ctx: SignedInContext, ...more: More): Promise<void> => {
      if (!host.rights(ctx, place).includes(right)) throw new Fault('forbidden');
      await handle(ctx, ...more);
    };
  };
  const get = (place: string, below: string, handle: Handler): OfficeRoute => ({
    method: 'get',
    path: `/${place}${below}`,
    handle: only(place, 'R', handle),
  });
  const post = (place: string, below: string, handle: Handler, reshow: Reshow): OfficeRoute => ({
    method: 'post',
    path: `/${place}${below}`,
    handle: only(place, 'C', handle),
    reshow: only(place, 'C', reshow),
  });
  const list = <Row>(of: OfficeList<Row>): OfficeRoute[] => [
    get(of.path, '', showList(host, of)),
    ...(of.isExported ? [get(of.path, '/export', exportList(host, of))] : []),
  ];
  const [staff, suspended, units, rights] = [
    'admin/accounts/staff',
    'admin/accounts/reinstatement',
    'admin/accounts/units',
    'admin/accounts/permission-requests',
  ];
  return [
    get(HOME, '', showHome(host)),
    ...list(staffList(host)),
    get(staff, '/:id', showStaff(host)),
    post(staff, '/:id', changeStaff(host), staffAsTyped(host)),
    ...list(unitList(host)),
    get(units, '/:id', showUnit(host)),
    post(units, '/:id/contact', changeContact(host), contactAsTyped(host)),
    post(units, '/:id/qualifications', addQualification(host), qualificationAsTyped(host)),
    post(units, '/:id/qualifications/end', endQualification(host), endAsTyped(host)),
    ...list(signInList(host)),
    ...list(suspendedList(host)),
    get(suspended, '/:id', showReinstatement(host)),
    post(suspended, '/:id', reinstate(host), reinstatementAsTyped(host)),
    ...list(historyList(host)),
    ...list(reviewList(host)),
    ...list(rightsList(host)),
    get(rights, '/new', showRightsForm(host)),
    post(rights, '', submitRights(host), rightsAsTyped(host)),
    get(rights, '/:id', showRights(host)),
    post(rights, '/:id/withdrawal', withdrawRights(host), showRights(host)),
  ];
}
