import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '#kit/errors.ts';
import { leafOf } from './merkle.ts';
import { describeVerification } from './report.ts';
import { verifyArchive } from './service/archive.ts';
import { signCheckpoint } from './service/checkpoints.ts';
import { sealAudit } from './service/seal.ts';
import { type VerifyDeps, verifyAudit } from './service/verify.ts';
import { listRecordsAfter } from './store/records.ts';
import { listSeals, sealNumbers } from './store/seals.ts';
import type { TrailRecord, VerificationSpan } from './types.ts';

export const AUDIT_USAGE = `  audit verify [--from DATE] [--to DATE]        recompute the chain; says which record is changed, missing or added
  audit export --out FILE [--from DATE] [--to DATE]   records and seals, one JSON line each
  audit verify-archive DIR       recompute the files of AUDIT_ARCHIVE_DIR, wherever they were taken
  audit checkpoint               seal what there is and sign how far the chain has come
`;

const RECORDS_AT_ONCE = 2000;
const SEALS_AT_ONCE = 100;

/**
 * Operators' commands on the audit trail: `verify`, `export`, `checkpoint`.
 * @returns what to print
 * @throws ConfigurationError when an argument is missing, or with the findings when the trail does not verify
 */
export async function runAuditCommand(deps: VerifyDeps, [name = '', ...args]: string[]): Promise<string> {
  const text = { type: 'string' } as const;
  const options = { from: text, to: text, out: text };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const span: VerificationSpan = {
    ...(values.from !== undefined && { from: readMoment(values.from) }),
    ...(values.to !== undefined && { to: readMoment(values.to) }),
  };
  switch (name) {
    case 'verify': {
      const result = await verifyAudit(deps, span);
      const said = describeVerification(result);
      if (result.findings.length > 0) throw new ConfigurationError(said);
      return said;
    }
    case 'export': {
      if (values.out === undefined) throw new ConfigurationError('name a file with --out');
      return exportTrail(deps, span, values.out);
    }
    case 'verify-archive': {
      const [directory] = positionals;
      if (directory === undefined) throw new ConfigurationError('name a directory');
      const { seals, records, findings } = await verifyArchive(directory);
      if (findings.length > 0) throw new ConfigurationError(findings.join('\n'));
      return `${records} records in ${seals} seals: all as they were written`;
    }
    case 'checkpoint': {
      await sealAudit(deps);
      const seal = await signCheckpoint(deps, true);
      return seal === undefined ? 'there is nothing to seal' : `checkpoint of seal ${seal} signed`;
    }
    default:
      throw new ConfigurationError('audit: verify, export, verify-archive or checkpoint');
  }
}

function readMoment(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new ConfigurationError(`${text} is not a date`);
  return at;
}

async function exportTrail({ db }: VerifyDeps, span: VerificationSpan, out: string): Promise<string> {
  const file = createWriteStream(out, { flags: 'wx', mode: 0o600 });
  await once(file, 'open').catch((error: unknown) => {
    throw new ConfigurationError(`${out} cannot be written, or is there already`, { cause: error });
  });
  const write = async (line: object): Promise<void> => {
    if (!file.write(`${JSON.stringify(line)}\n`)) await once(file, 'drain');
  };
  let [records, seals] = [0, 0];
  let after: { at: string; id: number } | undefined;
  for (let batch: TrailRecord[] | undefined; batch === undefined || batch.length === RECORDS_AT_ONCE;) {
    batch = await listRecordsAfter(db, { ...span, ...(after && { after }), limit: RECORDS_AT_ONCE });
    for (const record of batch) await write({ ...record, leaf: leafOf(record).toString('hex') });
    after = batch.at(-1);
    records += batch.length;
  }
  const numbers = (await sealNumbers(db, span)) ?? { first: 1, last: 0 };
  for (let { first: next } = numbers; next <= numbers.last;) {
    const batch = await listSeals(db, next, numbers.last, SEALS_AT_ONCE);
    for (const { leaves: _leaves, root, hash, previousHash, ...seal } of batch) {
      const hex = { root: root.toString('hex'), hash: hash.toString('hex') };
      await write({ seal: { ...seal, ...hex, previousHash: previousHash.toString('hex') } });
    }
    seals += batch.length;
    next = (batch.at(-1)?.number ?? numbers.last) + 1;
  }
  file.end();
  await once(file, 'close');
  return `exported ${records} records and ${seals} seals to ${out}`;
}
