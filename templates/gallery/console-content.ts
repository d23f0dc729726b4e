import type { Locale } from '#kit/http/locale.ts';
import { readPlainText } from '#kit/plain-text.ts';
import type { Sample } from '../gallery.ts';
import { translate } from '../locales.ts';
import type { FormField } from '../views/console-form.ts';
import type { Views } from '../views.ts';
import { consolePage } from './console.ts';
import { invented } from './invented.ts';

/** The form of a piece of content: new, with a preview, after somebody else's change. */
export function consoleContentSamples(locale: Locale): Sample[] {
  const page = consolePage(locale, translate(locale, 'console-content.title'));
  const form = announcementForm(locale);
  const { person } = invented(locale);
  const faulty: Views['idp/console-content'] = {
    ...form,
    errors: [
      {
        field: 'title.zh-TW',
        key: 'console-content.fault-missing',
        params: { label: translate(locale, 'console-content.field-title.zh-TW') },
      },
    ],
    conflict: [{ key: 'console-content.field-order', before: '10', after: '' }],
    preview: [{ lang: '', title: person, blocks: readPlainText(`${person}\n\n- ${person}\n- ${person}`) }],
  };
  const download: Views['idp/console-content'] = {
    ...form,
    files: 'one',
    attachAction: '',
    removalUrl: '',
    fileErrorKey: 'console-content.fault-file-kind',
  };
  return [
    { name: 'console-content', view: 'idp/console-content', page, data: form },
    { name: 'console-content-faulty', view: 'idp/console-content', page, data: faulty },
    { name: 'console-content-file', view: 'idp/console-content', page, data: download },
  ];
}

function announcementForm(locale: Locale): Views['idp/console-content'] {
  const { person } = invented(locale);
  const field = (path: string, kind: FormField['kind'], value = '', hinted = false): FormField => ({
    name: path,
    key: `console-content.field-${path}`,
    hintKey: hinted ? `console-content.hint-${path}` : '',
    kind,
    value,
    required: path.endsWith('zh-TW'),
    max: 200,
    options: kind.startsWith('choice')
      ? ['draft', 'released'].map((state) => ({
          value: state,
          label: translate(locale, `console-content.state-${state}`),
          selected: state === 'draft',
        }))
      : [],
  });
  return {
    title: translate(locale, 'console-content.edit-announcement'),
    action: '#main',
    previewAction: '#main',
    cancelUrl: '#main',
    removalUrl: '#main',
    version: '3',
    fields: [
      field('title.zh-TW', 'line', person),
      field('title.en', 'line'),
      field('body.zh-TW', 'text', person, true),
      field('state', 'choice', '', true),
      field('publishFrom', 'moment', '2026-11-22T09:00'),
      field('order', 'number', '10', true),
      field('audience.signedIn', 'yes', 'yes'),
      field('audience.subsystems', 'choices', '1'),
      field('audience.units', 'codes', '9876543210', true),
    ],
    errors: [],
    conflict: [],
    preview: [],
    files: 'many',
    attached: [{ name: 'manual.pdf', sizeBytes: 204_800, removalAction: '#main' }],
    attachAction: '#main',
    fileErrorKey: '',
  };
}
