import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { stepsAt } from './enrollment.ts';
import { invented } from './invented.ts';

/** An application begun with the sign-in at one's institution. */
export function enrollmentInstitutionSamples(locale: Locale): Sample[] {
  const frame = (step: string) => ({ steps: stepsAt(step), action: '#form', errors: [] });
  const person = { name: invented(locale).person, email: 'wang@hospital.example' };
  const captcha = {
    captchaImageUrl: '/sample-captcha.svg',
    captchaAudioUrl: '/sample-captcha.wav',
    newCaptchaUrl: '#form',
  };
  const institution = {
    name: locale === 'en' ? 'Demonstration Hospital Group' : '示範醫院體系',
    key: 'enrollment.institution-good',
    standing: 'good' as const,
    until: new Date('2026-11-22T10:00:00+08:00'),
  };
  return [
    {
      name: 'enrollment-person-institution',
      view: 'idp/enrollment-person',
      data: {
        ...frame('person'),
        values: { name: person.name, email: person.email },
        rules: 'deck',
        passwordKept: false,
        institution,
        provided: { name: institution.name, email: institution.name },
      },
    },
    {
      name: 'enrollment-review-institution',
      view: 'idp/enrollment-review',
      data: {
        ...frame('review'),
        ...captcha,
        ...{ systems: [], systemsUrl: '#main' },
        institution: { ...institution, key: 'enrollment.institution-not_vouched', standing: 'not_vouched' },
        sections: [
          {
            key: 'enrollment.step-person',
            url: '#main',
            facts: [{ key: 'enrollment.name', value: person.name, source: institution.name }],
          },
        ],
      },
    },
  ];
}
