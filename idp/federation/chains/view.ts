import type { Locale } from '#kit/http/locale.ts';
import { formatDateTime } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleCaseViews } from '#templates/views/console-case.ts';
import type { Fact } from '#templates/views/console.ts';
import type { FederationSettings } from '../registration/settings.ts';
import type { Metadata, TrustChain, TrustFault, TrustMark } from '../trust-chain/index.ts';
import type { Party } from './store.ts';

type CaseView = ConsoleCaseViews['idp/console-case'];

/** What a try of a chain came to. */
export type Outcome =
  | { holds: true; chain: TrustChain; marks: TrustMark[] }
  | { holds: false; entityId: string; fault: TrustFault };

const key = (name: string): string => `console-federation.${name}`;

/** Who we are in the federation, and whom we believe. */
export function ownFacts(issuer: string, own: FederationSettings | undefined): Fact[] {
  const joined = (name: string, words: readonly string[]): Fact =>
    words.length > 0
      ? { key: key(name), text: words.join(', ') }
      : { key: key(name), textKey: key(`no-${name}`) };
  return [
    own
      ? { key: key('state'), textKey: key('state-in'), tone: 'success' }
      : { key: key('state'), textKey: key('state-out'), tone: 'neutral' },
    { key: key('own'), text: issuer },
    ...(own ? [{ key: key('organization'), text: own.organizationName }] : []),
    joined('superiors', own?.authorityHints ?? []),
    joined(
      'anchors',
      (own?.trustAnchors ?? []).map(({ entityId }) => entityId),
    ),
  ];
}

/** A line for each relying party: whose chain holds, and until when. */
export function partyLines(parties: readonly Party[], locale: Locale, now: Date): CaseView['lines'] {
  return parties.map(({ entityId, policy, anchor, expiresAt, isActive, renews, failed }) => {
    const word = !isActive ? 'party-disabled' : expiresAt > now ? 'party-good' : 'party-ended';
    const until = formatDateTime(locale, expiresAt);
    const failure =
      failed &&
      translate(locale, key('party-failed'), {
        at: formatDateTime(locale, failed.at),
        why: translate(locale, key(`rule-${failed.rule}`)) + (failed.about && ` (${failed.about})`),
      });
    const again = word === 'party-good' && !renews ? translate(locale, key('party-again')) : '';
    return {
      label: entityId,
      text: translate(locale, key(word), { policy, anchor, until }) + again + (failure ?? ''),
      tone: word === 'party-good' && !failed ? 'success' : 'warning',
    };
  });
}

/** What a try came to, fact by fact. */
export function outcomeFacts(outcome: Outcome): Fact[] {
  if (!outcome.holds) {
    const { reason, about } = outcome.fault;
    return [
      { key: key('entity'), text: outcome.entityId },
      { key: key('outcome'), textKey: key('holds-not'), tone: 'error' },
      { key: key('rule'), textKey: key(`rule-${reason}`) },
      ...(about === undefined ? [] : [{ key: key('about'), text: about.slice(0, 200) }]),
    ];
  }
  const { chain, marks } = outcome;
  return [
    { key: key('entity'), text: chain.subject },
    { key: key('outcome'), textKey: key('holds'), tone: 'success' },
    { key: key('path'), text: chain.path.join(' ← ') },
    { key: key('until'), at: chain.expiresAt },
    marks.length > 0
      ? { key: key('marks'), text: marks.map(({ type, issuer }) => `${type} (${issuer})`).join(', ') }
      : { key: key('marks'), textKey: key('no-marks') },
  ];
}

/** What an entity's metadata comes to, a line each; of key sets the names alone. */
export function metadataText(metadata: Metadata): string {
  const said = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  const line = ([name, value]: [string, unknown]): string => {
    const { keys } = (value ?? {}) as { keys?: { kid?: string }[] };
    return `${name}: ${Array.isArray(keys) ? keys.map(({ kid }) => kid ?? '').join(', ') : said(value)}`;
  };
  return Object.entries(metadata)
    .map(([type, parameters]) => [type, ...Object.entries(parameters).map(line)].join('\n'))
    .join('\n\n');
}

/** The form that tries a chain, with what was typed. */
export function tryForm(action: string, entityId: string): CaseView['forms'][number] {
  return {
    ...{ key: 'console-federation-try', action, isDangerous: false },
    fields: [
      {
        ...{ name: 'entity', key: key('entity'), kind: 'text', value: entityId, required: true, options: [] },
        hint: { key: key('entity-hint') },
      },
    ],
  };
}
