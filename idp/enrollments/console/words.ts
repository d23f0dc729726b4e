import type { Tone } from '#templates/views/console.ts';
import type { EnrollmentStatus, PaperStatus } from '../types.ts';

/** SM-03: the working days a review may take before it stands in red. */
export const PAPER_DAYS = 3;

const TONES: Partial<Record<EnrollmentStatus | PaperStatus, Tone>> = {
  pending_unit_review: 'info',
  uploaded: 'info',
  reviewing: 'info',
  awaiting_form: 'neutral',
  need_more: 'warning',
  active: 'success',
  returned: 'warning',
};

/** The colour of a state's tag. */
export function statusTone(status: EnrollmentStatus | PaperStatus): Tone {
  return TONES[status] ?? 'neutral';
}
