import type { Locale } from '#kit/http/locale.ts';
import type { Views } from '#templates/views.ts';
import type { Link, Subject, UpstreamProvider } from './types.ts';

export const LINKS = '/account/links';

interface Linked {
  link: Link;
  provider: UpstreamProvider | undefined;
}

export function linksView(
  own: { links: Linked[]; offers: UpstreamProvider[] },
  locale: Locale,
  wanted: string,
): Views['idp/links'] {
  return {
    links: own.links.map((linked) => linkRow(linked, locale)),
    offers: own.offers.map(({ code, manifest }) => ({
      name: manifest.name[locale],
      url: `${LINKS}/departure?provider=${encodeURIComponent(code)}`,
      wanted: code === wanted,
    })),
    securityUrl: '/account/security',
  };
}

export function linkRow({ link, provider }: Linked, locale: Locale) {
  const { name, email } = link.facts;
  return {
    provider: provider?.manifest.name[locale] ?? link.providerCode,
    known: [name, email].filter((fact) => fact !== undefined),
    linkedAt: link.linkedAt,
    ...(link.lastUsedAt && { lastUsedAt: link.lastUsedAt }),
    active: provider?.active ?? false,
    removalUrl: `${LINKS}/${encodeURIComponent(link.id)}/removal`,
  };
}

export function confirmationView(
  { facts, subject }: Subject,
  provider: UpstreamProvider,
  person: { personName: string; loginName: string },
  locale: Locale,
): Views['idp/link-confirmation'] {
  const known = [facts.name, facts.email].filter((fact) => fact !== undefined);
  return {
    action: LINKS,
    provider: provider.manifest.name[locale],
    known: known.length > 0 ? known : [subject],
    personName: person.personName,
    loginName: person.loginName,
    backUrl: LINKS,
  };
}
