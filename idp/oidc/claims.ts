import type { Account, AccountClaims, FindAccount } from 'oidc-provider';
import type { ActingFacts, OtherAccount, PersonFacts } from './storage/facts.ts';
import { digest } from '#kit/random.ts';
import { API } from '../directory-api/index.ts';
import { CIBA } from '../subsystems/index.ts';
import { actorClaims, impersonationOf } from './impersonation.ts';
import { readPerson } from './storage/read-session.ts';
import { type UnitOfWork, currentWork } from './storage/unit-of-work.ts';
import { askForStrongerSignIn } from './step-up.ts';
import { findTarget } from './token-exchange/target.ts';
import type { OidcContext, OidcDeps } from './types.ts';
import { findHinted, isPasswordLocked } from './waiting/hints.ts';

/** Scope → claims. What stands under `openid` may appear in an ID token; the rest only at userinfo. */
export const CLAIMS = {
  openid: ['sub', 'acr', 'amr', 'auth_time', 'subsystem_account', 'act', 'act_until'],
  profile: ['name', 'preferred_username'],
  email: ['email'],
  phone: ['phone_number'],
  subsystem_account: ['subsystem_account'],
  accounts: ['accounts'],
  sid: null,
  iss: null,
};

export const SCOPES = ['openid', 'profile', 'email', 'phone', 'subsystem_account', 'accounts'];

/** The library's `findAccount`: the person, only while active, with the claims of the grant's account. */
export function createFindAccount(deps: OidcDeps): FindAccount {
  return async (ctx, sub, token) => {
    const work = currentWork();
    const person = await findPerson(deps, work, ctx, sub);
    if (person && endsWaiting(ctx) && (await isPasswordLocked(deps, person.loginName))) return undefined;
    if (!person) return undefined;
    const grantId = token && 'grantId' in token ? token.grantId : ctx.oidc.grant?.jti;
    const acting = grantId ? work.grants.get(grantId)?.acting : undefined;
    if (ctx.oidc.route === 'userinfo') askForStrongerSignIn(deps, ctx, token, acting);
    const impersonation = impersonationOf(work);
    if (!impersonation) return toAccount(person, acting, work.others);
    const actor = await actorClaims(deps, ctx.oidc.client?.clientId ?? '', impersonation);
    return toAccount(person, acting, [], actor);
  };
}

/** Whether the tokens of a request that waited are fetched: who is locked out gets none that way either (D7). */
function endsWaiting({ oidc }: OidcContext): boolean {
  return oidc.route === 'token' && oidc.params?.['grant_type'] === CIBA;
}

async function findPerson(
  deps: OidcDeps,
  work: UnitOfWork,
  ctx: OidcContext,
  sub: string,
): Promise<PersonFacts | undefined> {
  if (work.people.has(sub)) return work.people.get(sub);
  // by an ID token of the client's own: it says the subject it knows
  if (ctx.oidc.route === 'backchannel_authentication') return findHinted(deps, ctx, sub, false);
  const clientId = ctx.oidc.client?.clientId ?? '';
  const picked = ctx.oidc.result?.['select_account'] as { account?: string } | undefined;
  const read = await readPerson(deps.database, sub, {
    clientId,
    subsystemCode: deps.registry.find(clientId)?.subsystem?.code,
    wantedAccountId: picked?.account,
  });
  work.people.set(sub, read.person);
  work.choice ??= read.choice;
  return read.person;
}

/** A person as the library's account, acting as `acting`; `actor` tells who really does. */
export function toAccount(
  person: PersonFacts,
  acting: ActingFacts | undefined,
  others: OtherAccount[] = [],
  actor: object = {},
): Account {
  return {
    accountId: person.accountId,
    claims(use, scope): AccountClaims {
      const scopes = new Set(scope.split(' '));
      const account = acting && scopes.has('subsystem_account') ? subsystemAccountClaim(acting) : undefined;
      const base: AccountClaims = {
        sub: person.accountId,
        ...(account && { subsystem_account: account }),
        ...actor,
      };
      if (use === 'id_token') return base; // name, e-mail and phone are for userinfo alone
      return {
        ...base,
        name: person.name,
        preferred_username: person.loginName,
        email: person.email,
        ...(person.phone && { phone_number: person.phone }),
        accounts: others,
      };
    },
  };
}

/** The one form of the claim, everywhere it appears. */
export function subsystemAccountClaim(acting: ActingFacts) {
  return {
    id: acting.id,
    binding: acting.binding,
    unit: acting.unit,
    role: acting.role,
    duty: acting.duty,
    menu_roles: acting.menuRoles,
  };
}

/**
 * Claims of access tokens: the account acted as, and how and when the person signed in (RFC 9068 §2.2.1), so
 * that a resource can ask for more (RFC 9470).
 */
export async function extraTokenClaims(
  deps: Pick<OidcDeps, 'registry' | 'database'>,
  ctx: OidcContext,
  token: {
    kind: string;
    grantId?: string | undefined;
    resourceServer?: { audience?: string | undefined; accessTokenFormat?: string | undefined } | undefined;
  },
) {
  if (token.kind !== 'AccessToken' || token.grantId === undefined) return undefined;
  const { registry } = deps;
  const work = currentWork();
  const { grants, delegated } = work;
  const impersonation = impersonationOf(work);
  const facts = grants.get(token.grantId);
  const { audience, accessTokenFormat: format } = token.resourceServer ?? {};
  const owner =
    audience === undefined ? undefined : findTarget(registry, ctx.oidc.issuer, audience)?.subsystem.manifest;
  const mayAct = owner?.delegation?.mayAct;
  const namesGrant = audience === ctx.oidc.issuer + API || (format === 'jwt' && owner?.exchange.allowed);
  const scope = (facts?.payload as { openid?: { scope?: string } } | undefined)?.openid?.scope ?? '';
  const { AuthorizationCode, DeviceCode, BackchannelAuthenticationRequest, RefreshToken } = ctx.oidc.entities;
  const source = AuthorizationCode ?? DeviceCode ?? BackchannelAuthenticationRequest ?? RefreshToken;
  return {
    ...(source && { acr: source.acr, amr: source.amr, auth_time: source.authTime }),
    ...(impersonation && (await actorClaims(deps, ctx.oidc.client?.clientId ?? '', impersonation))),
    ...delegated,
    // whoever has the token tells by it what it rests on, here and in an exchange
    ...(namesGrant && { grant: digest(token.grantId).toString('base64url') }),
    ...(mayAct !== undefined && { may_act: { sub: mayAct } }),
    ...(facts?.acting &&
      scope.split(' ').includes('subsystem_account') && {
        subsystem_account: subsystemAccountClaim(facts.acting),
      }),
  };
}
