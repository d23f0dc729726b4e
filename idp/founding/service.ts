import type { Db, Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { randomToken } from '#kit/random.ts';
import { countHolders, lockHolders, nationalIdIndex, sealNationalId } from '../accounts/index.ts';
import { recordAudit } from '../audit/index.ts';
import { type PasswordHasher, setPassword } from '../authenticators/index.ts';
import { foundingRefusal } from './policy.ts';
import { countTaken, ensureAgency, findUnitKind, insertFounder } from './store.ts';
import type { Founder, Founding, FoundingOutcome } from './types.ts';

export interface FoundingDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  hasher: PasswordHasher;
}

const PASSWORD_BYTES = 15;

/** Opens the first accounts, all or none; of two at once one is refused. @returns their passwords, told only here */
export async function found(
  deps: FoundingDeps,
  founding: Founding,
  reason: string,
): Promise<FoundingOutcome> {
  const { unit, people } = founding;
  return transact(deps.db, async (trx) => {
    const administrators = { role: 'hpa_admin', unitCode: unit.code } as const;
    await lockHolders(trx, administrators);
    const kind = await findUnitKind(trx, unit.code);
    const refusal = foundingRefusal({
      administrators: await countHolders(trx, administrators),
      takenLoginNames: await countTaken(
        trx,
        people.map(({ loginName }) => loginName),
      ),
      ...(kind !== undefined && { kind }),
    });
    if (refusal) return { founded: false, reason: refusal };
    await ensureAgency(trx, unit);
    const passwords = [];
    for (const founder of people) passwords.push(await open(deps, trx, founder, unit.code, reason));
    return { founded: true, passwords };
  });
}

async function open(deps: FoundingDeps, trx: Trx, founder: Founder, unitCode: string, reason: string) {
  const { clock, keyring, hasher } = deps;
  const id = crypto.randomUUID();
  const at = clock();
  await insertFounder(trx, {
    ...founder,
    id,
    unitCode,
    nationalIdSealed: sealNationalId(keyring, founder.nationalId, id),
    nationalIdIndex: nationalIdIndex(keyring, founder.nationalId),
    createdAt: at,
  });
  const password = randomToken(PASSWORD_BYTES);
  await setPassword(trx, hasher, { accountId: id, password, at, mustChange: true });
  await recordAudit(trx, {
    type: 'account.created',
    accountId: id,
    details: { reason, role: founder.role, unitCode, first: true },
  });
  return { loginName: founder.loginName, password };
}
