import { parseArgs } from 'node:util';
import { ConfigurationError } from '#kit/errors.ts';
import type { EnrollmentServices } from './deps.ts';
import { recordDecision } from './service/decide.ts';
import { readScan } from './service/paper.ts';
import { listPending } from './store/enrollments.ts';
import type { Decision } from './types.ts';

const LISTED = 100;

export const ENROLLMENT_USAGE = `  enrollments list               applications that wait for a decision, oldest first
  enrollments approve ID --reviewer LOGIN [--reason TEXT]    open the account
  enrollments return ID --reviewer LOGIN --reason TEXT       let the applicant correct it
  enrollments supplement ID --reviewer LOGIN --reason TEXT   ask for a better form
  enrollments form ID --reviewer LOGIN > FILE                the sealed form, base64; it is then under review
`;

/** One line an application: id, since when, status, unit, role. Never who applies. */
async function listEnrollments({ db, keyring }: EnrollmentServices): Promise<string> {
  const pending = await listPending(db, keyring, LISTED);
  if (pending.length === 0) return 'nothing waits for a decision';
  return pending
    .map(({ id, submittedAt, status, paper, unitCode, role }) =>
      [id, submittedAt?.toISOString(), paper ?? status, unitCode, role].join('  '),
    )
    .join('\n');
}

/** @throws ConfigurationError when it may not be decided so, with the rule's own reason */
async function decideByCommand(
  services: EnrollmentServices,
  decision: Decision,
  args: string[],
): Promise<string> {
  const { id, reviewer, reason } = readArguments(args);
  const outcome = await recordDecision(services, { id, reviewerLoginName: reviewer, decision, reason });
  if (!outcome.done) throw new ConfigurationError(`not done: ${outcome.reason}`);
  return `${id}: ${decision} recorded`;
}

/** The scanned form as base64; taking it begins the review. @throws ConfigurationError */
async function formByCommand(services: EnrollmentServices, args: string[]): Promise<string> {
  await decideByCommand(services, 'review', args);
  const scan = await readScan(services, readArguments(args).id);
  if (!scan) throw new ConfigurationError('there is no form');
  return scan.bytes.toString('base64');
}

/** The commands by their names. */
export const ENROLLMENT_COMMANDS: Record<
  string,
  (services: EnrollmentServices, args: string[]) => Promise<string>
> = {
  'enrollments list': listEnrollments,
  'enrollments approve': (services, args) => decideByCommand(services, 'approve', args),
  'enrollments return': (services, args) => decideByCommand(services, 'return', args),
  'enrollments supplement': (services, args) => decideByCommand(services, 'supplement', args),
  'enrollments form': formByCommand,
};

function readArguments(args: string[]): { id: string; reviewer: string; reason: string } {
  const { values, positionals } = parseArgs({
    args,
    options: { reviewer: { type: 'string' }, reason: { type: 'string', default: '' } },
    allowPositionals: true,
  });
  const [id = ''] = positionals;
  if (!/^[0-9a-f-]{36}$/.test(id) || !values.reviewer) {
    throw new ConfigurationError('name one by its id and give a --reviewer');
  }
  return { id, reviewer: values.reviewer, reason: values.reason };
}
