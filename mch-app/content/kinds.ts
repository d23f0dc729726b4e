import type { ContentKind } from './types.ts';

/** Where editors work. */
export const OFFICE = 'admin/content';

/** Every type of content there is, in the order of the menu. */
export const KINDS: readonly ContentKind[] = [
  {
    type: 'announcement',
    place: 'common/announcements',
    categories: ['general', 'notice', 'function', 'maintenance', 'training', 'relay'],
    order: 'newest',
    isReadInList: false,
  },
  {
    type: 'question',
    place: 'common/qa',
    categories: ['account', 'records', 'system'],
    order: 'ordered',
    isReadInList: true,
  },
  {
    type: 'guide',
    place: 'common/guide',
    categories: ['first', 'daily'],
    order: 'ordered',
    isReadInList: true,
  },
  {
    type: 'download',
    place: 'common/downloads',
    categories: ['form', 'manual', 'sample'],
    order: 'newest',
    isReadInList: false,
  },
  {
    type: 'link',
    place: 'common/links',
    categories: ['agency', 'service'],
    order: 'ordered',
    isReadInList: true,
  },
  {
    type: 'event',
    place: 'common/events',
    categories: ['training', 'briefing', 'activity'],
    order: 'newest',
    isReadInList: false,
  },
];

/** The functions of the menu that have a page here. */
export const CONTENT_PAGES: readonly string[] = [...KINDS.map(({ place }) => place), OFFICE];

export const kindOf = (type: string): ContentKind | undefined => KINDS.find((kind) => kind.type === type);
