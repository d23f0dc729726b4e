import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runAuthorityCommand } from '#idp/federation/authority/index.ts';
import { systemClock } from '#kit/clock.ts';
import { makePrivateKeys, privateKeys, publicKeys } from '#mch/federation/index.ts';
import type { Program } from './process.ts';
import type { Settings } from './settings.ts';

/** The chain of trust of the demo: a ministry, a county below it, and the MCH system below that. */
export interface Federation {
  authorities: Program;
  /** What the MCH system is told. */
  mch: Record<string, string>;
}

/**
 * Makes the keys of the three at the first start, and says anew at each who vouches for whom: the files under review are
 * `federation/ministry.json` and `federation/county.json` in the data folder.
 */
export async function prepareFederation(
  { dataDir, ports }: Settings,
  mchOrigin: string,
): Promise<Federation> {
  const folder = path.join(dataDir, 'federation');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const run = (...args: string[]): Promise<string> =>
    runAuthorityCommand({ clock: systemClock, print: () => {}, until: Promise.resolve() }, args);
  const keysOf = async (name: string): Promise<object> => {
    const state = path.join(folder, name);
    if (!existsSync(path.join(state, 'keys.json'))) await run('init', state);
    return JSON.parse(await run('keys', state)) as object;
  };
  const publish = async (name: string, file: object): Promise<void> => {
    const reviewed = path.join(folder, `${name}.json`);
    writeFileSync(reviewed, `${JSON.stringify(file, undefined, 2)}\n`);
    await run('publish', path.join(folder, name), reviewed);
  };

  const at = (name: string): string => `http://localhost:${ports.federation}/${name}`;
  const [ministry, county] = [at('ministry'), at('county')];
  const mark = `${ministry}/marks/subsystem`;
  const mine = {
    federation: await mchKeys(path.join(folder, 'mch-federation.json')),
    client: await mchKeys(path.join(folder, 'mch-client.json')),
  };
  const ministryKeys = await keysOf('ministry');
  await publish('ministry', {
    ...{ entityId: ministry, organizationName: 'Demonstration Ministry' },
    constraints: { max_path_length: 1, naming_constraints: { permitted: ['localhost'] } },
    metadataPolicy: {
      openid_relying_party: {
        token_endpoint_auth_method: { one_of: ['private_key_jwt'], essential: true },
        grant_types: { subset_of: ['authorization_code', 'refresh_token'] },
        scope: { subset_of: ['openid', 'profile', 'subsystem_account', 'accounts'] },
      },
    },
    trustMarkIssuers: { [mark]: [ministry] },
    trustMarks: [{ type: mark, subjects: [mchOrigin] }],
    subordinates: [
      {
        ...{ entityId: county, jwks: await keysOf('county') },
        ...{ entityTypes: ['federation_entity'], intermediate: true },
      },
    ],
  });
  await publish('county', {
    ...{ entityId: county, organizationName: 'Demonstration County', authorityHints: [ministry] },
    trustAnchors: { [ministry]: ministryKeys },
    subordinates: [
      {
        ...{ entityId: mchOrigin, entityTypes: ['openid_relying_party'] },
        jwks: publicKeys(privateKeys.parse(mine.federation)),
      },
    ],
  });
  return {
    authorities: {
      name: 'authorities',
      args: ['examples/demo/authorities.ts', String(ports.federation), folder],
      env: { NODE_COMPILE_CACHE: path.join(dataDir, 'compile-cache'), ...process.env },
    },
    mch: {
      MCH_FEDERATION_KEYS: mine.federation,
      MCH_CLIENT_KEYS: mine.client,
      MCH_AUTHORITY_HINTS: county,
      MCH_TRUST_MARKS: mark,
      MCH_TRUST_MARK_ISSUER: ministry,
      MCH_ORGANIZATION: 'Demonstration Health Bureau',
    },
  };
}

/** Keys of the MCH system, made once and readable by their owner only. */
async function mchKeys(file: string): Promise<string> {
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(await makePrivateKeys()), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
