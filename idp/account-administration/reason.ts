import type { Form } from '#kit/http/form.ts';
import type { FieldError } from '#templates/views.ts';

const MAX = 500;

/** What somebody wrote about why, with what is wrong with it. */
export function readReason(form: Pick<Form, 'get'>): { reason: string; errors: FieldError[] } {
  const reason = form
    .get('reason')
    .normalize('NFC')
    .replaceAll(/[^\P{C}\n]/gu, ' ')
    .trim();
  const isGood = reason !== '' && Array.from(reason).length <= MAX;
  return { reason, errors: isGood ? [] : [{ field: 'reason', key: 'console.reason-missing' }] };
}
