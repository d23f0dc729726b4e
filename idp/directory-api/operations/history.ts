import { z } from 'zod';
import { maskName } from '../../accounts/index.ts';
import { type Decision, listDecisions } from '../../review-history/index.ts';
import type { Operation } from '../types.ts';
import { PAGE_SIZE, cursor, day, pageOf, startOf, unitCode } from './paging.ts';
import { NOT_PERMITTED, administering } from './standing.ts';

const query = z.strictObject({
  from: day.optional(),
  to: day.optional(),
  kind: z.enum(['access_request', 'permission_request']).optional(),
  decision: z.enum(['approved', 'returned', 'allowed', 'refused']).optional(),
  unit: unitCode.optional(),
  applicant: z.string().min(1).max(60).optional(),
  cursor,
});

/** M-39a: decisions about this subsystem, as the console's own list of them masks names. */
export const listDecisionsOperation: Operation<unknown, z.infer<typeof query>> = {
  method: 'get',
  path: '/review-history',
  operationId: 'listDecisions',
  scope: 'reviews:read',
  summary: 'List what was decided about requests of the units you administer',
  description: `The newest first, pages of ${PAGE_SIZE}; \`applicant\` is a login name.`,
  query,
  responses: { 200: 'One page' },
  handle: async ({ db, keyring }, { caller, from, query: asked }) => {
    const at = administering(caller, from, 'review_history.read');
    if (!at) return NOT_PERMITTED;
    const { cursor: text, ...filters } = asked;
    const subsystemCode = caller.subsystem.code;
    const sealed = { ...filters, subsystemCode, reader: at.as.accountId };
    const after = startOf(keyring, 'api-decisions', sealed, text);
    const request = {
      sort: 'at' as const,
      descending: true,
      faults: [],
      subsystemCode,
      ...(after && { after }),
    };
    const found = await listDecisions(db, { ...request, filters: given(filters) }, at.reach, PAGE_SIZE + 1);
    const { rows, next } = pageOf(keyring, 'api-decisions', sealed, found, ({ position, id }) => ({
      value: position,
      id,
    }));
    return { status: 200, body: { decisions: rows.map(lineOf), ...(next !== undefined && { next }) } };
  },
};

function given(filters: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function lineOf(row: Decision) {
  return {
    at: row.at.toISOString(),
    kind: row.kind,
    unit: { code: row.unitCode, name: row.unitName, name_en: row.unitNameEn },
    applicant: {
      name: row.applicantName === null ? '' : maskName(row.applicantName),
      login_name: row.applicant,
    },
    decision: row.decision,
    comment: row.comment,
    reviewer: row.reviewer ?? '',
    on_behalf_of: row.onBehalfOf ?? '',
  };
}
