import type { Visit } from './cookies.ts';
import type { EnrollmentDeps } from './deps.ts';
import { findEnrollment } from './store/enrollments.ts';
import type { Enrollment } from './types.ts';

export const PROGRESS = '/enrollment-progress';

/** The application this visit was proven for. */
export async function provenOf(deps: EnrollmentDeps, { id }: Visit): Promise<Enrollment | undefined> {
  const found = id === undefined ? undefined : await findEnrollment(deps.db, deps.keyring, id);
  return found?.submittedAt && found.unitCode !== undefined ? found : undefined;
}
