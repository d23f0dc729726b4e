import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError, Views } from '#templates/views.ts';
import type { Unit } from '../units/index.ts';
import { unitLabel } from '../units/index.ts';
import { mayUploadForm, mayWithdraw } from './policy.ts';
import { PROGRESS } from './proven.ts';
import type { Enrollment, EnrollmentEvent } from './types.ts';

const BASE = PROGRESS;

const KINDS: Partial<Record<string, 'success' | 'warning' | 'error'>> = {
  active: 'success',
  pending_hca: 'warning',
  unconfirmed: 'warning',
  returned: 'warning',
  need_more: 'warning',
  withdrawn: 'error',
  expired: 'error',
};

export interface ProgressFacts {
  enrollment: Enrollment;
  unit: Unit;
  events: EnrollmentEvent[];
  scan: { name: string; size: number } | undefined;
  reviewers: { name: string; phone: string; unit: string }[];
}

/** P-18: how the application stands, and what its applicant may do about it. */
export function progressView(
  facts: ProgressFacts,
  errors: FieldError[],
  locale: Locale,
): Views['idp/enrollment-progress'] {
  const { enrollment, unit, events, scan, reviewers } = facts;
  const { status, paper, personal, submittedAt } = enrollment;
  const onPaper = status === 'pending_paper';
  const shown = onPaper && paper !== undefined ? paper : status;
  const fact = (key: string, value: string) => ({ key: `enrollment-progress.fact-${key}`, value });
  return {
    state: { key: `enrollment-progress.status-${shown}`, kind: KINDS[shown] ?? 'info' },
    reason: (events.find((event) => event.status === shown)?.reason ?? '').trim(),
    facts: [
      fact('name', personal?.name ?? ''),
      fact('unit', unitLabel(unit, locale)),
      fact('account', enrollment.loginName ?? ''),
      fact('role', translate(locale, `enrollment.role-${enrollment.role ?? 'user'}`)),
    ],
    submittedAt: submittedAt ?? enrollment.createdAt,
    reviewers,
    history: events.map(({ at, status: turn, reason }) => ({
      at,
      key: `enrollment-progress.status-${turn}`,
      reason: reason ?? '',
    })),
    errors,
    cardUrl: status === 'pending_hca' ? `${BASE}/card` : '',
    signInUrl: status === 'active' ? '/sign-in' : '',
    resendUrl: status === 'unconfirmed' ? `${BASE}/confirmation` : '',
    formUrl: onPaper ? `${BASE}/form.pdf` : '',
    ...(scan && {
      scan: {
        name: scan.name,
        // once it has ended its password may be an old one
        url: mayWithdraw(status) ? `${BASE}/scan` : '',
        size: sizeLabel(scan.size),
      },
    }),
    uploadUrl: mayUploadForm(enrollment) ? `${BASE}/scan` : '',
    correctUrl: status === 'returned' ? `${BASE}/correction` : '',
    withdrawUrl: mayWithdraw(status) ? `${BASE}/withdrawal` : '',
    leaveUrl: `${BASE}/end`,
  };
}

function sizeLabel(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
