import type { Finding, Verification } from './types.ts';

/** What was found, one finding a line. */
export function describeVerification(result: Verification): string {
  const { seals, records, retired, unsealed, checkpoints, findings, cut } = result;
  const counts = `${seals} seals, ${records} records, ${checkpoints} checkpoints verified; ${unsealed} records not sealed yet`;
  const past = retired > 0 ? `; ${retired} records were removed after their retention` : '';
  const verdict = findings.length === 0 ? 'the audit trail is whole' : 'THE AUDIT TRAIL WAS ALTERED';
  const lines = findings.map(
    (finding) => `${finding.kind.replaceAll('_', ' ')}: ${describeFinding(finding)}`,
  );
  return [`${verdict}: ${counts}${past}`, ...lines, ...(cut ? ['and more'] : [])].join('\n');
}

/** Where a finding is. */
export function describeFinding({ seal, record, at }: Finding): string {
  const places = [
    ...(record === undefined ? [] : [`record ${record}`]),
    ...(seal === undefined ? [] : [`seal ${seal}`]),
    ...(at === undefined ? [] : [`(${at})`]),
  ];
  return places.join(' ');
}
