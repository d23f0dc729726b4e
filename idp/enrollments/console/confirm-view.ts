import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { Views } from '#templates/views.ts';
import type { Decision } from '../types.ts';
import { ENROLLMENTS } from './list.ts';
import { type ReviewFacts, effectsOf } from './view.ts';

/** P-47: "really?", with what will happen. */
export function confirmView(
  facts: ReviewFacts,
  asked: { decision: Decision; comment: string; version: string },
  locale: Locale,
): Views['idp/console-confirm'] {
  const { id, personal, loginName = '' } = facts.enrollment;
  const { decision, comment, version } = asked;
  const name = personal?.name ?? loginName;
  const effects =
    decision === 'approve'
      ? effectsOf(facts, locale)
      : [translate(locale, `console-enrollments.effect-${decision}`), comment];
  return {
    area: `console-enrollments.confirm-${decision}`,
    params: { name, account: loginName },
    action: `${ENROLLMENTS}/${id}/decision`,
    cancelUrl: `${ENROLLMENTS}/${id}`,
    fields: Object.entries({ decision, reason: comment, version, confirmed: 'yes' }).map(
      ([field, value]) => ({
        name: field,
        value,
      }),
    ),
    lines: effects.map((effect) => ({ label: '', effect, refused: false })),
    reason: undefined,
    isDangerous: false,
    isPossible: true,
    errors: [],
  };
}
