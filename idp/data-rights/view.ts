import type { FieldError, Views } from '#templates/views.ts';
import { MAX_WISH, REFUSAL_GROUNDS, REQUEST_KINDS, statutoryDays } from './policy.ts';
import type { WishProblem } from './policy.ts';
import type { DataRequest } from './types.ts';

export const DATA = '/account/data';

const FIELD_OF: Record<WishProblem | 'open_already', FieldError> = {
  kind_missing: { field: 'kind', key: 'data-rights.kind-required' },
  open_already: { field: 'kind', key: 'data-rights.open-already' },
  wish_missing: { field: 'wish', key: 'data-rights.wish-required' },
  wish_too_long: { field: 'wish', key: 'data-rights.wish-too-long', params: { max: MAX_WISH } },
};

/** Where each problem shows on the form. */
export function requestErrors(problems: (WishProblem | 'open_already')[]): FieldError[] {
  return problems.map((problem) => FIELD_OF[problem]);
}

/** The page with the person's rights, and what became of their requests. */
export function dataRightsView(
  requests: DataRequest[],
  now: Date,
  isWhole: boolean,
  form: { typed: { kind: string; wish: string }; errors: FieldError[] },
): Views['idp/data-rights'] {
  return {
    copyUrl: `${DATA}/copy`,
    isWhole,
    freshUrl: `/sign-in?fresh=yes&return_to=${encodeURIComponent(DATA)}`,
    kinds: REQUEST_KINDS.map((kind) => ({
      kind,
      days: statutoryDays(kind),
      selected: form.typed.kind === kind,
    })),
    grounds: REFUSAL_GROUNDS.map((ground) => ({ key: `data-rights.ground-${ground}` })),
    action: DATA,
    wish: form.typed.wish,
    maxWish: MAX_WISH,
    errors: form.errors,
    requests: requests.map((request) => ({
      kind: request.kind,
      wish: request.wish,
      status: { key: `data-rights.status-${request.status}` },
      isOpen: request.status === 'open',
      isLate: request.status === 'open' && request.dueAt <= now,
      requestedAt: request.requestedAt,
      dueAt: request.dueAt,
      extendedBecause: request.extendedBecause ?? '',
      ground: { key: request.refusalGround === null ? '' : `data-rights.ground-${request.refusalGround}` },
      note: request.note,
      withdrawal: `${DATA}/${request.id}/withdrawal`,
    })),
  };
}
