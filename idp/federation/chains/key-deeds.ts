import { Fault } from '#kit/errors.ts';
import { translate } from '#templates/locales.ts';
import type { AskedDeed } from '../../signing-keys/index.ts';
import {
  type KeyDeps,
  isSucceeded,
  previewFederationRevocation,
  revokeFederationKey,
  rotateFederationKey,
} from '../registration/service/keys.ts';
import { FEDERATION_KEYS_PAGE } from '../registration/service/tend-keys.ts';
import { listFederationKeys } from '../registration/store/keys.ts';

type DeedDeps = KeyDeps & { config: { issuer: string } };

/** What operators do to federation keys at the console; the commands do the same. */
export function federationKeyDeeds(deps: DeedDeps): AskedDeed[] {
  return [rotation(deps), revocation(deps)];
}

function rotation(deps: KeyDeps): AskedDeed {
  const area = 'console-federation-key-rotation';
  return {
    ...{ path: `${FEDERATION_KEYS_PAGE}/rotation`, area, deed: 'signing_keys.rotate' },
    async describe(ctx) {
      const keys = await listFederationKeys(deps.db, deps.clock());
      if (keys.length === 0) throw new Fault('not_found');
      const refused = await isSucceeded(deps.db, deps.clock());
      const { locale } = ctx.state;
      const label = translate(locale, 'console-federation-keys.title');
      return [{ label, effect: translate(locale, `${area}.${refused ? 'refused' : 'line'}`), refused }];
    },
    async run(_ctx, deed) {
      const kid = await rotateFederationKey(deps, undefined, deed);
      if (kid === undefined) throw new Fault('conflict');
      return 'rotated';
    },
  };
}

function revocation(deps: DeedDeps): AskedDeed {
  const area = 'console-federation-key-revocation';
  return {
    ...{ path: `${FEDERATION_KEYS_PAGE}/:kid/revocation`, area, deed: 'signing_keys.revoke' },
    async describe(ctx) {
      const kid = ctx.params['kid'] ?? '';
      const plan = await previewFederationRevocation(deps, kid);
      if (!plan) throw new Fault('not_found');
      const { reopen, promote, create } = plan;
      const word = create ? 'line-create' : promote ? 'line-promote' : reopen ? 'line-reopen' : 'line-plain';
      const next = { kid: promote?.kid ?? reopen ?? '' };
      const effect = translate(ctx.state.locale, `${area}.${word}`, next);
      return [{ label: kid, effect, refused: false }];
    },
    async run(ctx, deed) {
      const plan = await revokeFederationKey(
        { ...deps, issuer: deps.config.issuer },
        ctx.params['kid'] ?? '',
        deed,
      );
      if (!plan) throw new Fault('conflict');
      return 'revoked';
    },
  };
}
