import { Fault } from '#kit/errors.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { recordAccess } from '../../patients/index.ts';
import type { Handler } from '../../sessions/index.ts';
import { mergeFields } from '../fields.ts';
import { writeValue } from '../parse.ts';
import { mayWithKind } from '../policy.ts';
import { findLatest, findRecord } from '../store/envelope.ts';
import type { Actor, FullRecord } from '../types.ts';
import { parentAsked, typedOf, writer } from './form.ts';
import { typedBirth, typedOfMother, typedPerson } from './form-person.ts';
import { type FormState, renderForm } from './form-page.ts';
import type { KindPages } from './host.ts';
import { reader, seenBy } from './list.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * GET of an empty form: for the record it belongs to, filled in for a child of the register (`?child=`), or started from
 * a record of another kind (`?from=`).
 */
export function showNewForm(pages: KindPages): Handler {
  return async (ctx) => {
    const actor = writer(pages, ctx);
    const asked = new URLSearchParams(ctx.querystring);
    const parent = await parentAsked(pages, actor, asked.get('parent'));
    if (parent?.state === 'closed') throw new Fault('not_found');
    if (parent?.patientId) {
      const look = {
        ...seenBy(actor),
        patientId: parent.patientId,
        recordId: parent.id,
        deed: 'view' as const,
      };
      await recordAccess(pages.host.db, { ...look, at: pages.host.clock() });
    }
    const child = asked.get('child') ?? '';
    const born = UUID.test(child) ? await typedBirth(pages, actor, child) : undefined;
    if (child !== '' && !born) throw new Fault('not_found');
    const source = await sourceAsked(pages, actor, asked.get('from'));
    const started = source ? typedFrom(pages, actor, source) : typedOfMother(pages, actor, parent);
    const typed = born ?? (await started);
    const notice: FormState['notice'] = source ? 'started' : '';
    await renderForm(pages, ctx, actor, { record: undefined, parent, typed, findings: [], notice });
  };
}

/** GET of an empty form at its own place in the menu; whoever only reads is led to the list. */
export function showEntryForm(pages: KindPages): Handler {
  const show = showNewForm(pages);
  return async (ctx) => {
    const actor = reader(pages, ctx);
    if (!mayWithKind(actor, pages.kind, 'create')) return seeOther(ctx, `/${pages.kind.path}`);
    await show(ctx);
  };
}

/** The record a form starts from, if there is one in sight that may be read; a draft is none. */
async function sourceAsked(
  { host, kind }: KindPages,
  actor: Actor,
  no: string | null,
): Promise<FullRecord | undefined> {
  if (!kind.startsFrom || no === null || !/^\d{1,15}$/.test(no)) return undefined;
  const sourceKind = host.kindOf(kind.startsFrom.kind);
  if (!mayWithKind(actor, sourceKind, 'read')) return undefined;
  const source = await findRecord(host.db, sourceKind, actor.scope, { no: Number(no) });
  return source?.state === 'draft' ? undefined : source;
}

/** What is known already: the person, what her newest record of this kind says, and what the source says. */
async function typedFrom(pages: KindPages, actor: Actor, source: FullRecord): Promise<FormState['typed']> {
  const { host, kind } = pages;
  const { patientId } = source;
  if (!kind.startsFrom || patientId === null) return {};
  await recordAccess(host.db, {
    ...seenBy(actor),
    patientId,
    recordId: source.id,
    deed: 'view',
    at: host.clock(),
  });
  const latest = await findLatest(host.db, kind, actor.scope, patientId);
  const fields = mergeFields(kind.parts.map((part) => part.fields));
  const said = Object.entries(kind.startsFrom.values(source.values)).flatMap(([name, value]) => {
    const of = fields[name];
    return of ? [[name, writeValue(of, value)] as const] : [];
  });
  return {
    ...(latest && typedOf(kind, latest, ['own'])),
    ...(await typedPerson(pages, actor, source)),
    ...Object.fromEntries(said),
  };
}
