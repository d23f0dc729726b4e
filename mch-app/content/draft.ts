import { z } from 'zod';
import { localizedText, moment, sortOrder } from '#kit/fields.ts';
import { isPublicAddress } from '#kit/plain-text.ts';
import { type Typed, type TypedField, draftOf, faultsOf } from '#kit/typed-fields.ts';
import { DUTY_CODES, MENU_ROLE_CODES, UNIT_KINDS } from '../access/index.ts';
import type { ContentFault, ContentKind } from './types.ts';

/** A field of the editors' form. */
export interface ContentField extends TypedField {
  required?: boolean;
  max?: number;
}

const codes = (known: readonly string[]) => z.array(z.enum(known)).max(100).default([]);

const common = {
  title: localizedText(200),
  body: localizedText(10_000),
  publishFrom: moment,
  publishUntil: moment.optional(),
  order: sortOrder,
  audience: z
    .strictObject({
      duties: codes(DUTY_CODES),
      menuRoles: codes(MENU_ROLE_CODES),
      unitKinds: codes(UNIT_KINDS),
      units: z.array(z.string().min(1).max(20)).max(200).default([]),
    })
    .prefault({}),
};
const event = z
  .strictObject({ startsAt: moment, endsAt: moment.optional(), place: localizedText(200) })
  .refine(({ startsAt, endsAt }) => !endsAt || endsAt > startsAt, {
    path: ['endsAt'],
    message: 'must be later than startsAt',
  });
const url = z
  .string()
  .max(500)
  .refine(isPublicAddress, { message: 'must be a public https address' })
  .transform((text) => new URL(text).href);

/** An entry of any type as its editor wrote it. */
const schemaOf = ({ type, categories }: ContentKind) =>
  z
    .strictObject({
      category: z.enum(categories),
      ...common,
      inMarquee: z.boolean().default(false),
      ...(type === 'event' && { event }),
      ...(type === 'link' && { url }),
    })
    .refine(({ publishFrom, publishUntil }) => !publishUntil || publishUntil > publishFrom, {
      path: ['publishUntil'],
      message: 'must be later than publishFrom',
    });

export interface Draft extends Omit<z.infer<ReturnType<typeof schemaOf>>, 'event' | 'url'> {
  event?: z.infer<typeof event> | undefined;
  url?: string | undefined;
}

const LEAD: ContentField[] = [
  { path: 'category', kind: 'choice', required: true },
  { path: 'title.zh-TW', kind: 'line', required: true, max: 200 },
  { path: 'title.en', kind: 'line', max: 200 },
  { path: 'body.zh-TW', kind: 'text', required: true, max: 10_000 },
  { path: 'body.en', kind: 'text', max: 10_000 },
];
const EVENT: ContentField[] = [
  { path: 'event.startsAt', kind: 'moment', required: true },
  { path: 'event.endsAt', kind: 'moment' },
  { path: 'event.place.zh-TW', kind: 'line', required: true, max: 200 },
  { path: 'event.place.en', kind: 'line', max: 200 },
];
const SHOWN: ContentField[] = [
  { path: 'publishFrom', kind: 'moment', required: true },
  { path: 'publishUntil', kind: 'moment' },
  { path: 'order', kind: 'number' },
];
const AUDIENCE: ContentField[] = [
  { path: 'audience.duties', kind: 'choices' },
  { path: 'audience.menuRoles', kind: 'choices' },
  { path: 'audience.unitKinds', kind: 'choices' },
  { path: 'audience.units', kind: 'codes', max: 2000 },
];

/** The fields of one type's form, in order. */
export function fieldsOf({ type }: ContentKind): ContentField[] {
  return [
    ...LEAD,
    ...(type === 'event' ? EVENT : []),
    ...(type === 'link' ? [{ path: 'url', kind: 'line', required: true, max: 500 } as const] : []),
    ...SHOWN,
    ...(type === 'announcement' ? [{ path: 'inMarquee', kind: 'yes' } as const] : []),
    ...AUDIENCE,
  ];
}

/** What was typed as it can be kept, or what is wrong with it, each at its field. */
export function readDraft(
  kind: ContentKind,
  typed: Typed,
): { draft: Draft; faults: [] } | { draft: undefined; faults: ContentFault[] } {
  const fields = fieldsOf(kind);
  const result = schemaOf(kind).safeParse(draftOf(fields, typed));
  return result.success
    ? { draft: result.data as Draft, faults: [] }
    : { draft: undefined, faults: faultsOf(fields, result.error) };
}

/** A draft as its row holds it. */
export function rowOf(draft: Draft) {
  const { title, body, audience, event } = draft;
  return {
    category: draft.category,
    title: title['zh-TW'],
    title_en: title.en,
    body: body['zh-TW'],
    body_en: body.en,
    url: draft.url ?? null,
    event_starts_at: event?.startsAt ?? null,
    event_ends_at: event?.endsAt ?? null,
    event_place: event?.place['zh-TW'] ?? '',
    event_place_en: event?.place.en ?? '',
    publish_from: draft.publishFrom,
    publish_until: draft.publishUntil ?? null,
    sort_order: draft.order,
    in_marquee: draft.inMarquee,
    audience_duties: audience.duties,
    audience_menu_roles: audience.menuRoles,
    audience_unit_kinds: audience.unitKinds,
    audience_units: audience.units,
  };
}
