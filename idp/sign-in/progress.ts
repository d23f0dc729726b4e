import type { FieldError } from '#templates/views.ts';
import type { SignInProgress } from './types.ts';

/** A login name is echoed no longer than this. */
const MAX_ECHOED = 128;

/** The same step again, with what was wrong and what may be kept: the account's name, never a secret. */
export function retry(progress: SignInProgress, errors: FieldError[], account?: string): SignInProgress {
  const kept = account === undefined ? {} : { account: account.slice(0, MAX_ECHOED).toWellFormed() };
  return { ...progress, retry: { ...kept, errors } };
}

/** What was proven, without the last form's trouble. */
export function settled(progress: SignInProgress): SignInProgress {
  const kept = { ...progress };
  delete kept.retry;
  return kept;
}

/** What is left of a refused journey: an account chosen in vain is chosen anew, else all begins again. */
export function afterRefusal(progress: SignInProgress): SignInProgress {
  if (progress.subsystemAccountId === undefined) return { amr: [] };
  const kept = settled(progress);
  delete kept.subsystemAccountId;
  return kept;
}
