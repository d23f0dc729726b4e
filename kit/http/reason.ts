import type { Form } from './form.ts';

const LONGEST = 500;

/** The reason somebody gives for a deed: `error` is a locale key when it is missing or too long. */
export function readReason(form: Form): { reason: string; error: string | undefined } {
  const reason = form.get('reason').trim();
  if (reason === '') return { reason, error: 'console.reason-missing' };
  return { reason, error: reason.length > LONGEST ? 'console.reason-long' : undefined };
}
