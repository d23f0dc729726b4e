import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { invented } from './invented.ts';

/** People's rights to their own data. */
export function dataRightsSamples(locale: Locale): Sample[] {
  const en = locale === 'en';
  const page = { signedIn: { name: invented(locale).person, signOutUrl: '#main' } };
  const kinds = ['access', 'correct', 'stop', 'delete'].map((kind) => ({
    kind,
    days: kind === 'access' ? 15 : 30,
    selected: kind === 'correct',
  }));
  const request = {
    kind: 'correct',
    wish: en ? 'My title has changed to head nurse.' : '職稱已改為護理長。',
    status: { key: 'data-rights.status-open' },
    isOpen: true,
    isLate: false,
    requestedAt: new Date('2026-11-12T02:00:00Z'),
    dueAt: new Date('2026-12-12T02:00:00Z'),
    extendedBecause: '',
    ground: { key: '' },
    note: '',
    withdrawal: '#main',
  };
  const ended = { ...request, isOpen: false, kind: 'delete', wish: en ? 'Delete it all.' : '請全部刪除。' };
  const data = {
    copyUrl: '#main',
    isWhole: false,
    freshUrl: '#main',
    kinds,
    grounds: [
      { key: 'data-rights.ground-national_interest' },
      { key: 'data-rights.ground-official_duty' },
      { key: 'data-rights.ground-major_interest' },
      { key: 'data-rights.ground-other_law' },
    ],
    action: '#form',
    wish: '',
    maxWish: 1000,
    errors: [],
  };
  const requests = [
    request,
    {
      ...ended,
      status: { key: 'data-rights.status-refused' },
      ground: { key: 'data-rights.ground-other_law' },
      note: en ? 'Medical records are kept for seven years.' : '病歷依法保存七年。',
    },
    { ...request, kind: 'stop', isLate: true, extendedBecause: en ? 'Files on paper.' : '須調閱紙本。' },
  ];
  return [
    { name: 'data-rights', view: 'idp/data-rights', page, data: { ...data, requests } },
    {
      name: 'data-rights-refused',
      view: 'idp/data-rights',
      page,
      data: {
        ...data,
        isWhole: true,
        requests: [],
        errors: [
          { field: 'kind', key: 'data-rights.open-already' },
          { field: 'wish', key: 'data-rights.wish-required' },
        ],
      },
    },
  ];
}
