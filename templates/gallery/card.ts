import type { Locale } from '#kit/http/locale.ts';
import { translate } from '../locales.ts';
import type { CardDialogView } from '../views/card.ts';

/** The dialog with a card, as the demo shows it. */
export function cardSample(locale: Locale, kind: CardDialogView['kind']): CardDialogView {
  const label = kind === 'institution' ? 'hca-card.virtual-unit' : 'hca-card.virtual-person';
  return {
    action: '#form',
    challengeUrl: '#form',
    kind,
    codes: ['9039', '61006', 'other'].map((code) => ({ code, key: `hca-card.component-${code}` })),
    virtual: {
      url: '#form',
      cards: [{ value: 'sample', label: translate(locale, label, { unit: '9876543210' }) }],
    },
  };
}
