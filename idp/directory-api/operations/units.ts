import { z } from 'zod';
import { type Deed, reachOf, reachesUnit } from '../../permissions/index.ts';
import { readManagerQuota } from '../../entitlements/index.ts';
import { dutiesFor } from '../../subsystems/index.ts';
import {
  type UnitDeed,
  type WholeUnit,
  editUnit,
  endUnitEntitlement,
  entitleUnit,
  entitlementFaults,
  findWholeUnit,
  listEntitlements,
  listUnits,
  valuesOf,
} from '../../unit-upkeep/index.ts';
import type { ApiRequest, DirectoryApiDeps, Operation } from '../types.ts';
import { PAGE_SIZE, code, cursor, day, pageOf, startOf, unitCode } from './paging.ts';
import { NOT_FOUND, NOT_PERMITTED, administering } from './standing.ts';

const listQuery = z.strictObject({
  code: unitCode.optional(),
  name: z.string().min(1).max(100).optional(),
  kind: code.optional(),
  county: z
    .string()
    .regex(/^\d{5}$/)
    .optional(),
  town: z
    .string()
    .regex(/^\d{8}$/)
    .optional(),
  cursor,
});

export const listUnitsOperation: Operation<unknown, z.infer<typeof listQuery>> = {
  method: 'get',
  path: '/units',
  operationId: 'listUnits',
  scope: 'units:read',
  summary: 'List the units you administer',
  description: `By code, pages of ${PAGE_SIZE}; \`code\` is a beginning, \`name\` a part.`,
  query: listQuery,
  responses: { 200: 'One page', 403: 'You administer no unit' },
  handle: async ({ db, keyring }, { caller, from, query }) => {
    const at = administering(caller, from, 'units.read');
    if (!at) return NOT_PERMITTED;
    const { cursor: text, town, ...rest } = query;
    const sealed = { ...rest, town, reader: at.as.accountId };
    const after = startOf(keyring, 'api-units', sealed, text);
    const filters = Object.fromEntries(
      Object.entries({ ...rest, code: rest.code?.toUpperCase() }).filter(([, value]) => value !== undefined),
    );
    const request = {
      filters,
      sort: 'code' as const,
      descending: false,
      faults: [],
      ...(after && { after }),
    };
    const towns = town === undefined ? undefined : [town];
    const found = await listUnits(db, { request, reach: at.reach } as never, PAGE_SIZE + 1, towns);
    const { rows, next } = pageOf(keyring, 'api-units', sealed, found, ({ id }) => ({ value: id, id }));
    const units = rows.map(({ id, name, nameEn, kind, county, town: townCode, status }) => ({
      ...{ code: id, name, name_en: nameEn, kind, county, town: townCode, status },
    }));
    return { status: 200, body: { units, ...(next !== undefined && { next }) } };
  },
};

/** M-37: a unit as it is kept: how it is reached, what it may give at this subsystem, since when and on what ground. */
export const readUnitOperation: Operation = {
  method: 'get',
  path: '/units/{code}',
  operationId: 'readUnit',
  scope: 'units:read',
  summary: 'Read one unit you administer',
  responses: { 200: 'The unit', 404: 'None within your sight' },
  handle: async (deps, request) => {
    const found = await unitAt(deps, request, 'units.read');
    if (!found) return NOT_FOUND;
    const { unit, at } = found;
    const { manifest, code: subsystem } = request.caller.subsystem;
    const mayChange = reachOf(at.as, 'units.change_contact');
    const { kind, town, address, phone, email, level } = valuesOf(unit);
    const entitlements = await listEntitlements(deps.db, unit.code);
    return {
      status: 200,
      body: {
        ...{ code: unit.code, name: unit.name, name_en: unit.nameEn, kind, county: unit.county, town, level },
        ...{ address, phone, email, status: unit.status, version: unit.version },
        managers: await readManagerQuota(deps.db, { unitCode: unit.code, manifest }),
        possible_menu_roles: possibleRoles(request, unit),
        entitlements: entitlements
          .filter(({ subsystemCode }) => subsystemCode === subsystem)
          .map((one) => ({
            menu_role: one.menuRole,
            ...{
              valid_from: one.validFrom,
              valid_to: one.validTo,
              approval_no: one.approvalNo,
              basis: one.basis,
            },
          })),
        may_change_contact: mayChange !== undefined && reachesUnit(mayChange, unit.code),
        may_entitle: reachOf(at.as, 'units.entitle') !== undefined,
      },
    };
  },
};

const contactSchema = z.strictObject({
  version: z.number().int(),
  address: z.string().max(200),
  phone: z.string().max(40),
  email: z.string().max(254),
  reason: z.string().trim().max(500).default(''),
});

export const changeContactOperation: Operation<z.infer<typeof contactSchema>> = {
  method: 'put',
  path: '/units/{code}/contact',
  operationId: 'changeContact',
  scope: 'units:change',
  summary: 'Change how a unit you administer is reached',
  description: '`version` is the one you read.',
  body: contactSchema,
  responses: {
    200: 'Changed',
    404: 'None within your sight',
    409: 'Changed by somebody else meanwhile: `now` is what it is',
    422: '`faults` names the fields and what is wrong with them',
  },
  handle: async (deps, request) => {
    const found = await unitAt(deps, request, 'units.change_contact');
    if (!found) return NOT_FOUND;
    const { version, reason, ...values } = request.body;
    const deed: UnitDeed = { actor: found.at.as, from: request.from, reason };
    const outcome = await editUnit(deps, deed, {
      code: found.unit.code,
      version,
      values: { ...valuesOf(found.unit), ...values },
      fields: ['address', 'phone', 'email'],
    });
    if (outcome.done) return { status: 200, body: { status: 'changed' } };
    if (outcome.reason === 'faulty')
      return { status: 422, body: { error: 'faulty', faults: outcome.faults } };
    if (outcome.reason !== 'changed_meanwhile') return NOT_FOUND;
    const { address, phone, email } = valuesOf(outcome.now);
    const now = { version: outcome.now.version, address, phone, email };
    return { status: 409, body: { error: 'changed_meanwhile', now } };
  },
};

const entitlementSchema = z.strictObject({
  menu_role: code,
  valid_from: day,
  valid_to: z.union([day, z.literal('')]).default(''),
  approval_no: z.string().trim().max(60).default(''),
  basis: z.string().trim().max(200).default(''),
});

/** §2.4: qualifications are the agency's to give. */
export const entitleOperation: Operation<z.infer<typeof entitlementSchema>> = {
  method: 'post',
  path: '/units/{code}/entitlements',
  operationId: 'entitleUnit',
  scope: 'units:change',
  summary: 'Let a unit give a menu role of your subsystem',
  body: entitlementSchema,
  responses: {
    201: 'Given',
    403: 'Only the national agency does',
    404: 'None within your sight',
    409: 'It has that menu role from that day already',
    422: '`faults` names the fields and what is wrong with them',
  },
  handle: async (deps, request) => {
    if (!administering(request.caller, request.from, 'units.entitle')) return NOT_PERMITTED;
    const found = await unitAt(deps, request, 'units.entitle');
    if (!found) return NOT_FOUND;
    const {
      menu_role: menuRole,
      valid_from: validFrom,
      valid_to: validTo,
      approval_no: approvalNo,
    } = request.body;
    const given = { menuRole, validFrom, validTo, approvalNo, basis: request.body.basis };
    const faults = entitlementFaults(given, possibleRoles(request, found.unit));
    if (faults.length > 0) return { status: 422, body: { error: 'faulty', faults } };
    const deed: UnitDeed = { actor: found.at.as, from: request.from, reason: '' };
    const subsystemCode = request.caller.subsystem.code;
    const isNew = await entitleUnit(deps, deed, found.unit.code, { ...given, subsystemCode });
    return isNew
      ? { status: 201, body: { status: 'given' } }
      : { status: 409, body: { error: 'given_before' } };
  },
};

const endSchema = z.strictObject({ menu_role: code, valid_from: day, valid_to: day });

export const endEntitlementOperation: Operation<z.infer<typeof endSchema>> = {
  method: 'post',
  path: '/units/{code}/entitlements/end',
  operationId: 'endEntitlement',
  scope: 'units:change',
  summary: 'Let what a unit may give end on a day',
  body: endSchema,
  responses: {
    200: 'Ends on that day; accounts that hold the menu role keep it until somebody changes them',
    403: 'Only the national agency does',
    404: 'None within your sight',
    409: 'There is no such entitlement, or it would end before it begins',
  },
  handle: async (deps, request) => {
    if (!administering(request.caller, request.from, 'units.entitle')) return NOT_PERMITTED;
    const found = await unitAt(deps, request, 'units.entitle');
    if (!found) return NOT_FOUND;
    const { menu_role: menuRole, valid_from: validFrom, valid_to: validTo } = request.body;
    const deed: UnitDeed = { actor: found.at.as, from: request.from, reason: '' };
    const which = { subsystemCode: request.caller.subsystem.code, menuRole, validFrom };
    const isEnded = await endUnitEntitlement(deps, deed, found.unit.code, which, validTo);
    return isEnded
      ? { status: 200, body: { status: 'ends' } }
      : { status: 409, body: { error: 'not_ended' } };
  },
};

async function unitAt(
  { db }: DirectoryApiDeps,
  { caller, from, params }: ApiRequest<unknown, unknown>,
  deed: Deed,
) {
  const at = administering(caller, from, deed);
  const read = unitCode.safeParse(params['code']);
  if (!at || !read.success || !reachesUnit(at.reach, read.data)) return undefined;
  const unit = await findWholeUnit(db, read.data);
  return unit && { unit, at };
}

/** What a unit of this kind could give at the subsystem. */
function possibleRoles(
  { caller }: Pick<ApiRequest<unknown, unknown>, 'caller'>,
  { kind }: WholeUnit,
): string[] {
  return [...new Set(dutiesFor(caller.subsystem.manifest, kind).flatMap(({ menuRoles }) => menuRoles))];
}
