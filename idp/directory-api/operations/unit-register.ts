import { z } from 'zod';
import { listChangedUnits } from '../store/units.ts';
import type { Operation } from '../types.ts';
import { cursor, pageOf, startOf } from './paging.ts';

const UNITS_A_PAGE = 1000;
const unitsQuery = z.strictObject({ changed_since: z.iso.datetime().optional(), cursor });

/** The register of units, closed ones too, so that a subsystem can name and look up the units its records mention. */
export const readRegisterOperation: Operation<unknown, z.infer<typeof unitsQuery>> = {
  method: 'get',
  path: '/unit-register',
  operationId: 'readUnitRegister',
  scope: 'unit_register:read',
  summary: 'List units, all or those changed since a moment',
  description: `Pages of ${UNITS_A_PAGE} in the order of their codes; follow \`next\`. Ask again with the latest \`changed_at\` you have, less a few minutes.`,
  query: unitsQuery,
  responses: { 200: 'One page' },
  handle: async ({ db, keyring }, { query }) => {
    const filters = { changed_since: query.changed_since };
    const after = startOf(keyring, 'api-unit-register', filters, query.cursor);
    const since = query.changed_since === undefined ? undefined : new Date(query.changed_since);
    const found = await listChangedUnits(db, { since, after: after?.id }, UNITS_A_PAGE + 1);
    const position = ({ code }: { code: string }) => ({ value: code, id: code });
    const { rows, next } = pageOf(keyring, 'api-unit-register', filters, found, position, UNITS_A_PAGE);
    return { status: 200, body: { units: rows, ...(next !== undefined && { next }) } };
  },
};
