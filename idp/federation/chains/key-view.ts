import type { Locale } from '#kit/http/locale.ts';
import { formatDateTime } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleCaseViews } from '#templates/views/console-case.ts';
import type { Fact } from '#templates/views/console.ts';
import { stateOf } from '../../signing-keys/index.ts';
import type { FederationSettings } from '../registration/settings.ts';
import { FEDERATION_KEYS_PAGE, type Heard } from '../registration/service/tend-keys.ts';
import type { FederationKey } from '../registration/types.ts';

type Lines = ConsoleCaseViews['idp/console-case']['lines'];

const key = (name: string): string => `console-federation-keys.${name}`;

export function keyFacts(issuer: string, settings: FederationSettings | undefined): Fact[] {
  if (!settings)
    return [
      { key: 'console-federation.state', textKey: 'console-federation.state-out', tone: 'neutral' as const },
    ];
  return [
    { key: 'console-federation.own', text: issuer },
    { key: 'console-federation.superiors', text: settings.authorityHints.join(', ') },
    { key: key('hours'), text: String(settings.statementHours) },
  ];
}

const IN_USE = new Set(['announced', 'awaits', 'active', 'ending', 'retiring']);
const revocationOf = (kid: string) => ({
  key: key('revoke'),
  url: `${FEDERATION_KEYS_PAGE}/${kid}/revocation`,
});

/** A line for each key: where it stands, and its times. */
export function keyLines(
  keys: readonly (FederationKey & { reason: string })[],
  { locale, now, mayRevoke }: { locale: Locale; now: Date; mayRevoke: boolean },
): Lines {
  const at = (moment: Date | undefined): string => (moment ? formatDateTime(locale, moment) : '');
  const awaited = keys.find((each) => each.awaitsSuperiors && !each.revokedAt);
  const wordOf = (each: FederationKey): string => {
    if (each.revokedAt) return 'revoked';
    if (each === awaited) return 'awaits';
    const state = stateOf(each, now);
    // until the next may begin nobody knows when this one ends
    const hasEnd = each.signUntil && each.signUntil.getTime() !== awaited?.signFrom.getTime();
    return state === 'active' && hasEnd ? 'ending' : state;
  };
  return keys.map((each) => {
    const state = wordOf(each);
    const times = {
      ...{ from: at(each.signFrom), until: at(each.signUntil), reason: each.reason },
      end: at(each.revokedAt ?? each.publishUntil),
    };
    return {
      ...(mayRevoke && IN_USE.has(state) && { link: revocationOf(each.kid) }),
      label: each.kid,
      text: translate(locale, key(`key-${state}`), times),
      tone: state === 'revoked' ? 'warning' : 'success',
    };
  });
}

/** A line for each superior: whether it vouches for every key that is published, and until when. */
export function superiorLines(
  heard: readonly Heard[],
  published: readonly FederationKey[],
  locale: Locale,
  now: Date,
): Lines {
  return heard.map((answer) => {
    const { superior: label } = answer;
    if ('fault' in answer) {
      const rule = translate(locale, `console-federation.rule-${answer.fault.reason}`);
      return { label, text: translate(locale, key('silent'), { rule }), tone: 'warning' };
    }
    const { jwks, exp } = answer.said;
    const missing = published.filter(({ kid }) => !jwks.keys.some((known) => known.kid === kid));
    const isSigning = missing.some((each) => stateOf(each, now) === 'active');
    const word = missing.length === 0 ? 'vouches' : isSigning ? 'lacks-active' : 'lacks';
    const until = formatDateTime(locale, new Date(exp * 1000));
    const kids = missing.map(({ kid }) => kid).join(', ');
    const tone = missing.length === 0 ? ('success' as const) : ('warning' as const);
    return { label, text: translate(locale, key(word), { until, kids }), tone };
  });
}
