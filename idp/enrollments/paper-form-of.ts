import type { EnrollmentDeps } from './deps.ts';
import { findUnit, unitLabel } from '../units/index.ts';
import type { Enrollment } from './types.ts';

/** The form of one application, filled in with what it says. */
export async function paperFormOf(deps: EnrollmentDeps, enrollment: Enrollment): Promise<Buffer> {
  const { personal, submittedAt, loginName = '', subsystems } = enrollment;
  const unit = await findUnit(deps.db, enrollment.unitCode ?? '');
  if (!personal || !unit || !submittedAt) throw new Error('sent, but not whole');
  const names = new Map(
    deps.registry
      .list()
      .flatMap(({ subsystem }) => (subsystem ? [[subsystem.code, subsystem] as const] : [])),
  );
  // the library that draws is large and rarely asked for
  const { drawForm } = await import('./form-pdf.ts');
  return drawForm({
    number: enrollment.id.slice(0, 8).toUpperCase(),
    submittedAt,
    unit: unitLabel(unit, 'zh-TW'),
    loginName,
    name: personal.name,
    title: personal.title,
    maskedNationalId: `${personal.nationalId.slice(0, 4)}***${personal.nationalId.slice(-3)}`,
    phone: personal.phone,
    mobile: personal.mobile,
    email: personal.email,
    systems: subsystems.map(({ code }) => names.get(code)?.name['zh-TW'] ?? code),
  });
}
