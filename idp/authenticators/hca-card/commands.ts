import { parseArgs } from 'node:util';
import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { ConfigurationError } from '#kit/errors.ts';
import { recordAudit } from '../../audit/index.ts';
import { findUnit } from '../../units/index.ts';
import { serialOf } from './certificate.ts';
import { issuerNameOf } from './names.ts';
import { readCertificateFile } from './anchors.ts';
import { saveRegisteredUnit } from './store.ts';

export const CARD_USAGE = `  cards register FILE --unit CODE --reason TEXT   an institution card's certificate that names no unit itself
`;

/**
 * The agency's own word on which unit a certificate belongs to, for certificates that name none.
 * @throws ConfigurationError without such a file, unit or reason
 */
export async function registerCard(db: Db, args: string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args,
    options: { unit: { type: 'string', default: '' }, reason: { type: 'string', default: '' } },
    allowPositionals: true,
  });
  const [file] = positionals;
  if (file === undefined || values.reason.trim() === '') {
    throw new ConfigurationError('name a certificate file, a --unit and a --reason');
  }
  const certificate = readCertificateFile(file);
  const unit = await findUnit(db, values.unit);
  if (!unit) throw new ConfigurationError(`there is no unit ${values.unit}`);
  const entry = { issuer: issuerNameOf(certificate), serial: serialOf(certificate), unitCode: unit.code };
  await transact(db, async (trx) => {
    await saveRegisteredUnit(trx, { ...entry, reason: values.reason.trim() });
    await recordAudit(trx, { type: 'card.registered', details: { ...entry, reason: values.reason.trim() } });
  });
  return `certificate ${entry.serial} counts for unit ${unit.code}`;
}
