import { ACR_MFA, ACR_PASSWORD, type Acr, satisfiesAcr } from '../../authenticators/index.ts';
import type { ProviderManifest } from './manifest.ts';
import type { Fact, Facts, UpstreamProvider, Vouched } from './types.ts';

const MAX_FACT = 200;

/** A provider speaks over TLS; on this machine, for development and tests, it need not. */
export function issuerFault(issuer: string, loopbackAllowed: boolean): string | undefined {
  const url = new URL(issuer);
  if (url.search !== '' || url.hash !== '' || url.username !== '') return 'has a query, a fragment or a user';
  if (url.protocol === 'https:') return undefined;
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return isLoopback && loopbackAllowed ? undefined : 'is not https';
}

/** The class that a sign-in there is worth here: what it claims, translated, and never above the ceiling. */
export function classOf(
  { acr: rules }: Pick<ProviderManifest, 'acr'>,
  claims: { acr?: unknown; amr?: unknown },
): Acr {
  const named = typeof claims.acr === 'string' && Object.hasOwn(rules.values, claims.acr);
  const byClass = named && rules.values[String(claims.acr)] === 'mfa';
  const methods: unknown[] = Array.isArray(claims.amr) ? claims.amr : [];
  const byMethod = rules.secondFactors.some((method) => methods.includes(method));
  return rules.ceiling === 'mfa' && (byClass || byMethod) ? ACR_MFA : ACR_PASSWORD;
}

/** How it is told to subsystems: signed in at an institution's provider, there with two factors or not. */
export function methodsOf(acr: Acr): string[] {
  return satisfiesAcr(acr, ACR_MFA) ? ['fed', 'mfa'] : ['fed'];
}

/** Whether the provider may speak for this account. */
export function vouchesFor({ manifest, active }: UpstreamProvider, account: Vouched): boolean {
  const { units, emailDomains, roles } = manifest.vouchesFor;
  const domain = domainOf(account.email);
  const isTheirs = units.includes(account.unitCode) || (domain !== '' && emailDomains.includes(domain));
  return active && isTheirs && (roles as string[]).includes(account.role);
}

/** The domain of an address, or what was typed as one. */
export function domainOf(typed: string): string {
  return typed
    .slice(typed.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase();
}

/** The providers of a unit or domain that somebody names; it says nothing of any account. */
export function providersNamed(providers: readonly UpstreamProvider[], typed: string): UpstreamProvider[] {
  const wanted = typed.trim();
  if (wanted === '') return [];
  const domain = domainOf(wanted);
  return providers.filter(({ active, manifest: { vouchesFor: theirs } }) => {
    return active && (theirs.units.includes(wanted) || theirs.emailDomains.includes(domain));
  });
}

/** What the claims say, by our names. Anything but a text is passed over. */
export function factsOf({ claims }: Pick<ProviderManifest, 'claims'>, said: Record<string, unknown>): Facts {
  const facts: Facts = {};
  for (const [fact, claim] of Object.entries(claims) as [Fact, string | undefined][]) {
    const value = claim === undefined ? undefined : said[claim];
    if (typeof value !== 'string') continue;
    const clean = value.normalize('NFC').replaceAll(/\p{C}/gu, '').trim().slice(0, MAX_FACT);
    if (clean !== '') facts[fact] = clean;
  }
  return facts;
}

/** Facts that should never change and did: then the subject may have been given to somebody else. */
export function changedFacts(
  { stable }: Pick<ProviderManifest, 'stable'>,
  before: Facts,
  now: Facts,
): Fact[] {
  return stable.filter((fact) => before[fact] !== undefined && before[fact] !== now[fact]);
}

/** Lasting facts that are told for the first time: from now on they guard the link too. */
export function newlyTold({ stable }: Pick<ProviderManifest, 'stable'>, before: Facts, now: Facts): Facts {
  const told = stable.filter((fact) => before[fact] === undefined && now[fact] !== undefined);
  return Object.fromEntries(told.map((fact) => [fact, now[fact]]));
}

export type LinkDecision =
  | { allowed: true }
  | { allowed: false; reason: 'begun_before_parting' | 'not_vouched' | 'taken' | 'linked_otherwise' };

/** Whether a subject may become this account's. */
export function decideLink(facts: {
  vouched: boolean;
  begunUnder: number | undefined;
  generation: number;
  /** Whose the subject is already. */
  holder: string | undefined;
  /** Whether the account has a subject of that provider already. */
  hasOther: boolean;
}): LinkDecision {
  if (facts.begunUnder !== facts.generation) return { allowed: false, reason: 'begun_before_parting' };
  if (!facts.vouched) return { allowed: false, reason: 'not_vouched' };
  if (facts.holder !== undefined) return { allowed: false, reason: 'taken' };
  return facts.hasOther ? { allowed: false, reason: 'linked_otherwise' } : { allowed: true };
}
