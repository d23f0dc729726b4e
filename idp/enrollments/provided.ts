import type { Locale } from '#kit/http/locale.ts';
import { type ApplicationProof, type Facts, findApplicationProof } from '../federation/index.ts';
import type { EnrollmentServices } from './deps.ts';
import { readPersonal } from './personal.ts';
import type { Enrollment, Personal } from './types.ts';

/** Facts of an institution that the form asks for too, by the form's names. */
const PROVIDED = { name: 'name', title: 'title', phone: 'phone', email: 'email' } as const;

/** The form as an institution's facts fill it in; the rest is empty. */
export function personalFrom(facts: Facts): Personal {
  return readPersonal((field) => facts[PROVIDED[field as keyof typeof PROVIDED]] ?? '');
}

/** What the form still says as the institution did, by the form's names: whatever was corrected is the applicant's own. */
export function providedFields(facts: Facts, personal: Personal | undefined): (keyof typeof PROVIDED)[] {
  const given = personalFrom(facts);
  return Object.values(PROVIDED).filter((field) => given[field] !== '' && given[field] === personal?.[field]);
}

/** The application as far as a provider may speak for it. */
function applicantOf({ role, unitCode, personal }: Enrollment) {
  return { role: role ?? 'user', unitCode: unitCode ?? '', email: personal?.email ?? '' };
}

/** Who provided what, named for the pages. */
export interface Provided {
  name: string;
  fields: readonly string[];
  unit: boolean;
  /** What the institution says of the person, whatever was typed. */
  known: string[];
  standing: ApplicationProof['standing'];
  until: Date | undefined;
}

/** The sign-in at an institution that an application was begun with, as it stands now. */
export function proofOf(
  services: Pick<EnrollmentServices, 'db' | 'keyring' | 'clock'>,
  draft: Enrollment,
): Promise<ApplicationProof | undefined> {
  return findApplicationProof(services, draft.id, applicantOf(draft));
}

/** What the institution provided of the application, as far as it still stands there. */
export function providedBy(
  proof: ApplicationProof | undefined,
  draft: Enrollment,
  locale: Locale,
): Provided | undefined {
  if (!proof) return undefined;
  const { provider, facts, standing, expiresAt } = proof;
  const isOver = standing === 'over';
  return {
    name: provider.manifest.name[locale],
    fields: isOver ? [] : providedFields(facts, draft.personal),
    unit: !isOver && facts.unit !== undefined && facts.unit === draft.unitCode,
    known: [facts.name, facts.email, facts.employee].filter((fact) => fact !== undefined),
    standing,
    until: expiresAt,
  };
}
