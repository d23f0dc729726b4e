import type { Locale } from '#kit/http/locale.ts';
import { type ListRequest } from '#kit/list.ts';
import { formatDateTime } from '#templates/dates.ts';
import { translate } from '#templates/locales.ts';
import type { ChangeRequestViews } from '#templates/views/change-requests.ts';
import { CATEGORIES, isAboutRecord, stepsFor } from './policy.ts';
import type { RequestLine } from './store.ts';
import type { ChangeRequest, ChangeReviewer, Correctable, Party } from './types.ts';

type Form = ChangeRequestViews['mch-app/change-request-form'];
type List = ChangeRequestViews['mch-app/change-requests'];
type One = ChangeRequestViews['mch-app/change-request'];

/** The way a request of this kind goes, in words. */
function flowOf(reviewers: readonly ChangeReviewer[], locale: Locale): string {
  const t = (key: string): string => translate(locale, `change-requests.${key}`);
  return [t('flow-sent'), ...reviewers.map((reviewer) => t(`reviewer-${reviewer}`)), t('flow-done')].join(
    ' > ',
  );
}

export function askView(of: {
  party: Party;
  typed: Readonly<Record<string, string>>;
  errors: Form['errors'];
  records: Correctable[];
  locale: Locale;
  now: Date;
}): Pick<Form, 'facts' | 'typed' | 'errors' | 'categories' | 'records' | 'asksRecord' | 'flow'> {
  const { party, typed, locale } = of;
  const category = CATEGORIES.find((one) => one === typed['category']);
  return {
    facts: [
      { key: 'change-requests.at', text: formatDateTime(locale, of.now) },
      { key: 'change-requests.who', text: party.personName },
      { key: 'change-requests.unit', text: `(${party.unit.code})${party.unit.name}` },
    ],
    typed: {
      phone: typed['phone'] ?? '',
      email: typed['email'] ?? '',
      content: typed['content'] ?? '',
    },
    errors: of.errors,
    categories: CATEGORIES.map((value) => ({
      value,
      key: `change-requests.category-${value}`,
      selected: value === category,
    })),
    records: of.records.map(({ no, label }) => ({
      value: String(no),
      label: `${no} ${label}`,
      selected: String(no) === typed['record'],
    })),
    asksRecord: category !== undefined && (isAboutRecord(category) || of.records.length > 0),
    flow: category ? flowOf(stepsFor(category, party), locale) : '',
  };
}

export function listView(of: {
  rows: RequestLine[];
  request: ListRequest;
  path: string;
  whose: 'own' | 'review';
  locale: Locale;
}): Pick<List, 'whose' | 'filters' | 'rows'> {
  const { filters, faults } = of.request;
  const value = (name: string): string => (filters as Record<string, string>)[name] ?? '';
  return {
    whose: of.whose,
    filters: {
      no: value('no'),
      from: value('from'),
      to: value('to'),
      isFaulty: faults.length > 0,
      progress: ['reviewing', 'closed'].map((name) => ({
        value: name,
        key: `change-requests.progress-${name}`,
        selected: value('progress') === name,
      })),
    },
    rows: of.rows.map((row) => ({
      no: row.no,
      url: `${of.path}/${row.no}`,
      at: row.createdAt,
      ...progressOf(row),
      categoryKey: `change-requests.category-${row.category}`,
      who: row.personName,
      unit: row.unitName,
      steps: stepWords(row, of.locale),
    })),
  };
}

function progressOf({ result }: Pick<ChangeRequest, 'result'>): Pick<One, 'progress'> {
  if (result === null) return { progress: { key: 'change-requests.progress-reviewing', tone: 'info' } };
  const tone = result === 'allowed' ? 'success' : result === 'withdrawn' ? 'neutral' : 'warning';
  return { progress: { key: `change-requests.result-${result}`, tone } };
}

function stepWords({ reviewers, decisions }: RequestLine, locale: Locale): string {
  const words = decisions.split(',');
  return reviewers
    .split(',')
    .map((reviewer, at) => {
      const decision = words[at] ?? '';
      const said = translate(locale, `change-requests.${decision === '' ? 'waits' : `decision-${decision}`}`);
      return `${translate(locale, `change-requests.reviewer-${reviewer}`)}: ${said}`;
    })
    .join(locale === 'en' ? '; ' : '；');
}

export interface RequestShown {
  request: ChangeRequest;
  locale: Locale;
  errors: One['errors'];
}

export function requestView({
  request,
  locale,
  errors,
}: RequestShown): Pick<
  One,
  'no' | 'progress' | 'facts' | 'content' | 'flow' | 'steps' | 'decisions' | 'errors'
> {
  return {
    no: request.no,
    ...progressOf(request),
    facts: [
      { key: 'change-requests.who', text: request.personName },
      { key: 'change-requests.at', text: formatDateTime(locale, request.createdAt) },
      { key: 'change-requests.unit', text: `(${request.unitCode})${request.unitName}` },
      { key: 'change-requests.phone', text: request.phone },
      { key: 'change-requests.email', text: request.email },
      {
        key: 'change-requests.category',
        text: translate(locale, `change-requests.category-${request.category}`),
      },
    ],
    content: request.content,
    flow: flowOf(
      request.steps.map(({ reviewer }) => reviewer),
      locale,
    ),
    steps: request.steps.map((step) => ({
      reviewerKey: `change-requests.reviewer-${step.reviewer}`,
      decisionKey:
        step.decision === null ? 'change-requests.waits' : `change-requests.decision-${step.decision}`,
      who: [step.byName, step.byUnitName].filter((text) => text !== null).join(' · '),
      at: step.at ?? undefined,
      reason: step.reason,
    })),
    decisions: (['allowed', 'refused', 'returned'] as const).map((value) => ({
      value,
      key: `change-requests.decide-${value}`,
    })),
    errors,
  };
}
