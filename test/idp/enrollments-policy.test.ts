import {
  decideEnrollment,
  doneAfterUnitChange,
  idleSince,
  isEditable,
  mayUploadForm,
  mayVisit,
  mayWithdraw,
  nextStep,
  roleRefusal,
  statusOnceConfirmed,
  submissionRefusal,
} from '#idp/enrollments/policy.ts';
import type { Decision, EnrollmentStatus, PaperStatus, Reviewer } from '#idp/enrollments/types.ts';
import { passwordStrength } from '#idp/authenticators/index.ts';

const STATUSES: EnrollmentStatus[] = [
  'draft',
  'unconfirmed',
  'pending_unit_review',
  'pending_hca',
  'pending_paper',
  'active',
  'returned',
  'withdrawn',
  'expired',
];
const PAPERS: PaperStatus[] = ['awaiting_form', 'uploaded', 'reviewing', 'need_more', 'approved'];
const hpa: Reviewer = {
  accountId: 'h',
  role: 'hpa_admin',
  unitCode: 'A',
  nationalIdIndex: Buffer.from('h'),
  isActive: true,
  isProven: true,
};
const manager: Reviewer = { ...hpa, role: 'unit_manager', unitCode: 'U', nationalIdIndex: Buffer.from('m') };
const unit = { isOpen: true, activeManagers: 1 };
const free = { loginNameTaken: false, activeInUnit: false };
const nationalIdIndex = Buffer.from('a');

const user = (status: EnrollmentStatus) => ({
  status,
  unitCode: 'U',
  role: 'user' as const,
  paper: undefined,
  nationalIdIndex,
});
const onPaper = (paper: PaperStatus) => ({
  status: 'pending_paper' as const,
  unitCode: 'U',
  role: 'unit_manager' as const,
  paper,
  nationalIdIndex,
});
const ask = (decision: Decision, reason = 'because') => ({ decision, reason });

test('SM-01: only what is pending can be decided, by whatever decision', () => {
  for (const status of STATUSES) {
    const verdict = decideEnrollment(user(status), manager, ask('approve'), unit, free);
    expect(verdict.allowed).toBe(status === 'pending_unit_review');
    const returned = decideEnrollment(user(status), manager, ask('return'), unit, free);
    expect(returned.allowed).toBe(status === 'pending_unit_review' || status === 'pending_paper');
  }
});

test('P-19, SM-01: who decides: the unit manager about users of the own unit; agency and operators about all', () => {
  const allowed = (reviewer: Reviewer, of: Parameters<typeof decideEnrollment>[0]) =>
    decideEnrollment(of, reviewer, ask('approve'), unit, free).allowed;
  const general: Reviewer = { ...manager, role: 'user' };
  expect(allowed(manager, user('pending_unit_review'))).toBe(true);
  expect(allowed({ ...manager, unitCode: 'V' }, user('pending_unit_review'))).toBe(false);
  expect(allowed(general, user('pending_unit_review'))).toBe(false);
  expect(allowed(manager, onPaper('uploaded'))).toBe(false);
  for (const role of ['hpa_admin', 'platform_ops'] as const) {
    expect(allowed({ ...hpa, role }, user('pending_unit_review'))).toBe(true);
    expect(allowed({ ...hpa, role }, onPaper('uploaded'))).toBe(true);
  }
});

test('SM-01: every refusal has its name', () => {
  const reason = (...args: Parameters<typeof decideEnrollment>) => {
    const verdict = decideEnrollment(...args);
    return verdict.allowed ? undefined : verdict.reason;
  };
  const pending = user('pending_unit_review');
  const approve = ask('approve', '');
  expect(reason(pending, { ...hpa, isActive: false }, approve, unit, free)).toBe('reviewer_unavailable');
  expect(reason(pending, { ...hpa, nationalIdIndex }, approve, unit, free)).toBe('own_enrollment');
  expect(reason(pending, { ...hpa, isProven: false }, approve, unit, free)).toBe('reviewer_unproven');
  expect(reason(pending, hpa, ask('return', '  '), unit, free)).toBe('reason_missing');
  expect(reason(pending, hpa, approve, { ...unit, isOpen: false }, free)).toBe('unit_closed');
  expect(reason(pending, hpa, approve, unit, { ...free, loginNameTaken: true })).toBe('login_name_taken');
  expect(reason(pending, hpa, approve, unit, { ...free, activeInUnit: true })).toBe('already_in_unit');
  expect(reason(onPaper('uploaded'), hpa, approve, { ...unit, activeManagers: 2 }, free)).toBe(
    'manager_quota_full',
  );
  expect(reason(pending, hpa, ask('supplement'), unit, free)).toBe('form_missing');
  expect(reason(pending, hpa, approve, { ...unit, activeManagers: 0 }, free)).toBeUndefined();
});

test('SM-03: which turns the paper form takes', () => {
  const turn = (paper: PaperStatus, decision: Decision) => {
    const verdict = decideEnrollment(onPaper(paper), hpa, ask(decision), unit, free);
    return verdict.allowed ? `${verdict.to}/${verdict.paper}` : verdict.reason;
  };
  expect(PAPERS.map((paper) => turn(paper, 'review'))).toEqual([
    'form_missing',
    'pending_paper/reviewing',
    'pending_paper/reviewing',
    'pending_paper/need_more',
    'pending_paper/approved',
  ]);
  expect(turn('reviewing', 'supplement')).toBe('pending_paper/need_more');
  expect(turn('awaiting_form', 'approve')).toBe('form_missing');
  expect(turn('need_more', 'approve')).toBe('form_missing');
  expect(turn('reviewing', 'approve')).toBe('active/approved');
  expect(turn('need_more', 'return')).toBe('returned/need_more');
  expect(PAPERS.filter((paper) => mayUploadForm({ status: 'pending_paper', paper }))).toEqual([
    'awaiting_form',
    'uploaded',
    'need_more',
  ]);
  expect(STATUSES.filter((status) => mayUploadForm({ status, paper: 'awaiting_form' }))).toEqual([
    'pending_paper',
  ]);
});

test('SM-01: what its applicant may do in each status', () => {
  expect(STATUSES.filter(mayWithdraw)).toEqual([
    'unconfirmed',
    'pending_unit_review',
    'pending_hca',
    'pending_paper',
    'returned',
  ]);
  expect(STATUSES.filter(isEditable)).toEqual(['draft', 'returned']);
  expect(statusOnceConfirmed('user', true)).toBe('pending_unit_review');
  expect(statusOnceConfirmed('unit_manager', true)).toBe('pending_hca');
  expect(statusOnceConfirmed('unit_manager', false)).toBe('pending_paper');
});

test('SM-01: 30 days without a sign of life; drafts and unconfirmed ones go sooner; ended ones stay', () => {
  const now = new Date('2026-11-22T00:00:00Z');
  const days = STATUSES.map((status) => {
    const since = idleSince(status, now);
    return since && (now.getTime() - since.getTime()) / 86_400_000;
  });
  expect(days).toEqual([7, 3, 30, 30, 30, undefined, 30, undefined, undefined]);
});

test('P-12: who may apply as what', () => {
  expect(roleRefusal('user', { isOpen: true, activeManagers: 0 })).toBe('no_manager');
  expect(roleRefusal('user', { isOpen: true, activeManagers: 1 })).toBeUndefined();
  expect(roleRefusal('unit_manager', { isOpen: true, activeManagers: 1 })).toBeUndefined();
  expect(roleRefusal('unit_manager', { isOpen: true, activeManagers: 2 })).toBe('manager_quota_full');
  expect(roleRefusal('unit_manager', { isOpen: false, activeManagers: 0 })).toBe('unit_closed');
});

test('P-10: the steps come in order', () => {
  expect(nextStep([])).toBe('unit');
  expect(nextStep(['unit', 'role', 'subsystems'])).toBe('person');
  expect(nextStep(['unit', 'role', 'person', 'subsystems'])).toBe('review');
  expect(mayVisit('review', ['unit', 'role', 'person'])).toBe(false);
  expect(mayVisit('unit', ['unit', 'role'])).toBe(true);
  expect(doneAfterUnitChange(['unit', 'role', 'person', 'subsystems'])).toEqual(['unit', 'person']);
});

test('SM-01: an application that is not whole cannot be sent', () => {
  const personal = {
    loginName: 'a',
    nationalId: '',
    name: '',
    title: '',
    phone: '',
    sparePhone: '',
    unitPhone: '',
    mobile: '',
    email: '',
    spareEmail: '',
  };
  const whole = {
    done: ['unit', 'role', 'person', 'subsystems'] as const,
    role: 'user' as const,
    personal,
    passwordHash: 'h',
  };
  const refusal = (change: object) =>
    submissionRefusal({ ...whole, done: [...whole.done], ...change }, unit, free);
  expect(refusal({})).toBeUndefined();
  expect(refusal({ done: ['unit'] })).toBe('incomplete');
  expect(refusal({ passwordHash: undefined })).toBe('incomplete');
  expect(refusal({ personal: undefined })).toBe('incomplete');
});

test.each([
  ['Formosa*26Demo', 'fair'],
  ['Formosa*2026Demo', 'strong'],
  ['For*mosa^Islan7d', 'strong'],
  ['Formosa*123Demo', 'weak'],
  ['Formosaaa*26Demo', 'weak'],
  ['formosa*26demos', 'weak'],
  ['Nurse.one*26Xy', 'weak'],
])('P-16: the meter says of %s: %s', (password, strength) => {
  expect(passwordStrength(password, { loginName: 'nurse.one', name: 'Sample' })).toBe(strength);
});
