import { CIBA } from '../../subsystems/index.ts';
import { SCOPES } from '../claims.ts';
import { findResourceServer } from '../resources.ts';
import type { OidcDeps } from '../types.ts';

/** What a request asks for, of all that it names: the rest is nobody's to give, nor shown to anybody. */
export interface Grantable {
  scopes: string[];
  resources: { indicator: string; scopes: string[] }[];
}

export function grantableOf(
  { registry, config }: Pick<OidcDeps, 'registry' | 'config'>,
  asked: {
    clientId?: string | undefined;
    scope?: string | undefined;
    resource?: string | string[] | undefined;
  },
): Grantable {
  const { clientId = '' } = asked;
  const scopes = (asked.scope ?? '').split(' ').filter(Boolean);
  const resources = [asked.resource ?? []].flat().map((indicator) => {
    const wish = { clientId, indicator, grantType: CIBA };
    const offered =
      findResourceServer(registry, wish, config.issuer, config.lifetimes).scope?.split(' ') ?? [];
    return { indicator, scopes: scopes.filter((scope) => offered.includes(scope)) };
  });
  return { scopes: scopes.filter((scope) => SCOPES.includes(scope)), resources };
}
