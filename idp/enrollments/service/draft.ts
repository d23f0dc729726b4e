import type { Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { FieldError } from '#templates/views.ts';
import type { SubsystemChoice } from '../../subsystems/index.ts';
import { type Unit, findUnit, listUnitManagers } from '../../units/index.ts';
import type { EnrollmentServices } from '../deps.ts';
import { type UnitFacts, doneAfterUnitChange, isEditable, roleRefusal } from '../policy.ts';
import { sealPersonal } from '../sealed.ts';
import {
  type EnrollmentChanges,
  insertDraft,
  lockEnrollment,
  updateEnrollment,
} from '../store/enrollments.ts';
import type { Enrollment, EnrollmentRole, EnrollmentStep, Personal } from '../types.ts';

/** The facts about a unit that the rules ask for. */
export async function readUnitFacts(
  trx: Trx | EnrollmentServices['db'],
  unitCode: string,
  now: Date,
): Promise<UnitFacts & { unit: Unit | undefined }> {
  const unit = await findUnit(trx, unitCode);
  const managers = await listUnitManagers(trx, unitCode, now);
  return { unit, isOpen: unit?.status === 'active', activeManagers: managers.length };
}

/**
 * Takes the unit into the draft, or begins one with it. Another unit than before makes role and subsystems open
 * again. @returns the draft's id, or undefined when there is no such unit in use
 */
export async function saveUnit(
  services: EnrollmentServices,
  draftId: string | undefined,
  unitCode: string,
  locale: Locale,
): Promise<string | undefined> {
  return transact(services.db, async (trx) => {
    const at = services.clock();
    const unit = await findUnit(trx, unitCode);
    if (unit?.status !== 'active') return undefined;
    const draft = draftId === undefined ? undefined : await lockEnrollment(trx, services.keyring, draftId);
    if (!draft || !isEditable(draft.status)) {
      const id = crypto.randomUUID();
      await insertDraft(trx, { id, unitCode, locale, at });
      return id;
    }
    const done = draft.unitCode === unitCode ? draft.done : doneAfterUnitChange(draft.done);
    await change(services, trx, draft, { unit_code: unitCode, done: withStep(done, 'unit'), retry: null });
    return draft.id;
  });
}

/** P-12: takes the role when the unit admits it. @returns errors, none when it is taken */
export async function saveRole(
  services: EnrollmentServices,
  draftId: string,
  role: EnrollmentRole | undefined,
): Promise<FieldError[]> {
  return edit(services, draftId, async (trx, draft) => {
    const facts = await readUnitFacts(trx, draft.unitCode ?? '', services.clock());
    const refusal = role && roleRefusal(role, facts);
    const key = role === undefined ? 'role-required' : refusal && `refused-${refusal}`;
    if (role === undefined || key !== undefined) {
      const errors = [{ field: 'role', key: `enrollment.${key}` }];
      await change(services, trx, draft, { retry: { step: 'role', errors } });
      return errors;
    }
    await change(services, trx, draft, { role, done: withStep(draft.done, 'role'), retry: null });
    return [];
  });
}

/**
 * Keeps what was typed about the person, right or wrong; the step is done once nothing is wrong.
 * @param typed `passwordHash` is of a password just accepted; without it the one before stays, unless `forget`
 */
export async function savePerson(
  services: EnrollmentServices,
  draftId: string,
  typed: { personal: Personal; passwordHash: string | undefined; errors: FieldError[]; forget: boolean },
): Promise<void> {
  const { personal, passwordHash, errors, forget } = typed;
  await edit(services, draftId, async (trx, draft) => {
    const confirmedEmail = draft.personal?.confirmedEmail;
    const kept = { ...personal, ...(confirmedEmail !== undefined && { confirmedEmail }) };
    const isRight = errors.length === 0;
    await change(services, trx, draft, {
      personal_sealed: sealPersonal(services.keyring, draft.id, kept),
      done: isRight ? withStep(draft.done, 'person') : draft.done.filter((step) => step !== 'person'),
      retry: isRight ? null : { step: 'person', errors },
      ...(forget && { password_hash: null }),
      ...(passwordHash !== undefined && { password_hash: passwordHash }),
    });
  });
}

/** Keeps the subsystems as ticked; the step is done once nothing is missing. */
export async function saveSubsystems(
  services: EnrollmentServices,
  draftId: string,
  subsystems: SubsystemChoice[],
  errors: FieldError[],
): Promise<void> {
  await edit(services, draftId, async (trx, draft) => {
    const isRight = errors.length === 0;
    await change(services, trx, draft, {
      subsystems,
      done: isRight ? withStep(draft.done, 'subsystems') : draft.done.filter((step) => step !== 'subsystems'),
      retry: isRight ? null : { step: 'subsystems', errors },
    });
  });
}

/** What was wrong when it was sent, to be shown on the page of the step that can mend it. */
export async function saveRetry(
  services: EnrollmentServices,
  draftId: string,
  step: EnrollmentStep,
  errors: FieldError[],
): Promise<void> {
  await edit(services, draftId, (trx, draft) => change(services, trx, draft, { retry: { step, errors } }));
}

/** @throws Fault conflict when it was sent or removed meanwhile, in another tab or browser */
async function edit<T>(
  services: EnrollmentServices,
  draftId: string,
  deed: (trx: Trx, draft: Enrollment) => Promise<T>,
): Promise<T> {
  return transact(services.db, async (trx) => {
    const draft = await lockEnrollment(trx, services.keyring, draftId);
    if (!draft || !isEditable(draft.status)) throw new Fault('conflict');
    return deed(trx, draft);
  });
}

async function change(
  services: EnrollmentServices,
  trx: Trx,
  draft: Enrollment,
  changes: EnrollmentChanges,
): Promise<void> {
  const written = await updateEnrollment(trx, draft.id, { ...changes, updated_at: services.clock() });
  if (!written) throw new Fault('conflict');
}

function withStep(done: EnrollmentStep[], step: EnrollmentStep): EnrollmentStep[] {
  return done.includes(step) ? done : [...done, step];
}
