import { Fault } from '#kit/errors.ts';
import type { Form } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import {
  type Patient,
  birthIndexes,
  findPatient,
  numberIndexes,
  recordAccess,
} from '../../patients/index.ts';
import type { Handler, SignedInContext } from '../../sessions/index.ts';
import { allFields } from '../groups.ts';
import { changeRows } from '../rows-asked.ts';
import { countyName, writeValue } from '../parse.ts';
import { isUnlocked, mayBelongTo, mayWithKind } from '../policy.ts';
import { findParent, judgeForm } from '../service/read.ts';
import { saveRecord } from '../service/save.ts';
import { findLatest, findRecord } from '../store/envelope.ts';
import type { Actor, Field, Finding, FullRecord, RecordKind } from '../types.ts';
import { findingText } from '../view/form.ts';
import { may } from '../view/record.ts';
import type { KindPages } from './host.ts';
import { reader, seenBy } from './list.ts';
import { type FormState, renderForm } from './form-page.ts';
import { basicsOf, typedBirth, typedPerson } from './form-person.ts';

/** GET of a record's form. */
export function showEditForm(pages: KindPages): Handler {
  return async (ctx) => {
    const { host, kind } = pages;
    const actor = writer(pages, ctx);
    const record = await recordAsked(pages, ctx, actor);
    const now = host.clock();
    if (!may('edit', record, kind, actor, now)) return seeOther(ctx, `/${kind.path}/${record.no}`);
    const notice = isUnlocked(record, now) ? 'unlocked' : '';
    const typed = { ...typedOf(kind, record), ...(await typedPerson(pages, actor, record)) };
    await renderForm(pages, ctx, actor, { record, parent: undefined, typed, findings: [], notice });
  };
}

/** POST of a form: keep as a draft, submit, or fill in what is on record about the person. */
export function receiveForm(pages: KindPages): Handler {
  const { host, kind } = pages;
  return host.actingForm(async (ctx, form) => {
    const actor = writer(pages, ctx);
    const record = ctx.params['no'] === undefined ? undefined : await recordAsked(pages, ctx, actor);
    const parent = record ? undefined : await parentAsked(pages, actor, form.get('parent') || null);
    const deed = form.get('deed');
    // what is held open for a correction is never kept half done
    const isHeldOpen = record !== undefined && isUnlocked(record, host.clock());
    const submit = deed === 'submit' || (deed === 'draft' && isHeldOpen);
    const judged = await judgeForm(host, host.db, kind, actor, form, {
      ...{ record, parent },
      complete: submit || deed === 'check',
    });
    if (deed === 'check') return tellFindings(pages, ctx, judged.findings);
    const state: FormState = { record, parent, typed: judged.typed, findings: judged.findings, notice: '' };
    if (deed === 'look-up') return renderForm(pages, ctx, actor, { ...state, findings: [] });
    if (deed === 'find') return fillIn(pages, ctx, actor, form, state);
    const changed = changeRows(kind, deed, state.typed);
    if (changed) return renderForm(pages, ctx, actor, { ...state, typed: changed, findings: [] });
    if (deed !== 'submit' && deed !== 'draft') throw new Fault('bad_request');
    const errors = judged.findings.filter(({ level }) => level === 'error');
    const warnings = judged.findings.filter(({ level }) => level === 'warning');
    const isConfirmed = warnings.every(({ field, key }) => form.all('confirmed').includes(`${field}.${key}`));
    if (errors.length > 0 || (submit && !isConfirmed)) {
      ctx.status = 422;
      return renderForm(pages, ctx, actor, state);
    }
    const of = record && { id: record.id, version: versionAsked(form) };
    const saved = await saveRecord(host, { kind, actor, judged, of, submit });
    if (saved.done) {
      const done = saved.isRelocked ? 'corrected' : saved.state === 'submitted' ? 'submitted' : 'kept';
      return seeOther(ctx, `/${kind.path}/${saved.no}?done=${done}`);
    }
    ctx.status = 409;
    const notice = saved.reason === 'changed_meanwhile' ? 'changed_meanwhile' : '';
    const fresh = record && (await findRecord(host.db, kind, actor.scope, { id: record.id }));
    const findings = notice ? [] : [{ field: '', level: 'error' as const, key: `refused.${saved.reason}` }];
    return renderForm(pages, ctx, actor, { ...state, record: fresh ?? record, findings, notice });
  });
}

/** Answers a form that is still being typed: what would be wrong with it. Nothing is kept. */
function tellFindings({ kind, labels }: KindPages, ctx: SignedInContext, found: readonly Finding[]): void {
  const { locale } = ctx.state;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = {
    findings: found
      .filter(({ level }) => level === 'error')
      .map((one) => ({ field: one.field, text: findingText(kind, labels, locale, one) })),
  };
}

/** What the newest record in sight, or the register, says of the person who was typed; nothing typed is lost. */
async function fillIn(
  pages: KindPages,
  ctx: SignedInContext,
  actor: Actor,
  form: Form,
  state: FormState,
): Promise<void> {
  const { host, kind } = pages;
  const person = await personTyped(pages, form);
  const born = person && (await typedBirth(pages, actor, person.id));
  const latest = person && (await findLatest(host.db, kind, actor.scope, person.id));
  if (person && latest) {
    const look = { ...seenBy(actor), patientId: person.id, recordId: latest.id, deed: 'find' as const };
    await recordAccess(host.db, { ...look, at: host.clock() });
  }
  const known: Record<string, string | string[]> = {
    ...(latest && typedOf(kind, latest, ['own'])),
    ...(person && latest && basicsOf(person)),
    ...born,
  };
  const typed = { ...state.typed };
  for (const [name, value] of Object.entries(known)) {
    if (!isBlank(typed[name])) continue;
    typed[name] = value;
    typed[countyName(name)] = ''; // it follows from the township
  }
  const notice = latest || born ? 'filled' : 'unknown';
  await renderForm(pages, ctx, actor, { ...state, typed, findings: [], notice });
}

/** By number; a newborn also by its mother's, its day and its order. */
async function personTyped({ host, kind }: KindPages, form: Form): Promise<Patient | undefined> {
  const number = form.get('id_no');
  if (number !== '') return findPatient(host.db, { indexes: numberIndexes(host.keyring, number) });
  const [motherIdNo, day, order] = [form.get('mother_id_no'), form.get('birth_at'), form.get('birth_order')];
  if (kind.subject !== 'child' || motherIdNo === '' || !/^[1-5]$/.test(order)) return undefined;
  const birth = { motherIdNo, birthDate: day.slice(0, 10), birthOrder: Number(order) };
  return findPatient(host.db, { birthIndexes: birthIndexes(host.keyring, birth) });
}

const isBlank = (typed: string | string[] | undefined): boolean => typed === undefined || typed.length === 0;

/** The values of a record as its form types them. */
export function typedOf(
  kind: RecordKind,
  record: FullRecord,
  without: string[] = [],
): Record<string, string | string[]> {
  const parts = kind.parts.filter(({ name }) => !without.includes(name));
  const groups = without.includes('own') ? [] : kind.groups;
  const fields: [string, Field][] = Object.entries(allFields({ parts, groups }));
  return Object.fromEntries(fields.map(([name, of]) => [name, writeValue(of, record.values[name] ?? null)]));
}

/**
 * The record a new one is to belong to: in sight, sent, and of a kind this account may read.
 * @throws Fault not_found, bad_request
 */
export async function parentAsked(
  { host, kind }: KindPages,
  actor: Actor,
  no: string | null,
): Promise<FullRecord | undefined> {
  if (kind.parent === undefined) return undefined;
  if (no === null || !/^\d{1,15}$/.test(no)) throw new Fault('bad_request');
  const parent = await findParent(host, host.db, kind, actor, { no: Number(no) });
  if (!parent || !mayBelongTo(host.kindOf(parent.kind), parent, actor)) throw new Fault('not_found');
  return parent;
}

/** @throws Fault not_found for what is not there and what is out of sight alike */
export async function recordAsked(
  { host, kind }: KindPages,
  ctx: SignedInContext,
  actor: Actor,
): Promise<FullRecord> {
  const no = String(ctx.params['no']);
  const record = /^\d{1,15}$/.test(no)
    ? await findRecord(host.db, kind, actor.scope, { no: Number(no) })
    : undefined;
  if (!record) throw new Fault('not_found');
  return record;
}

/** The version a form was shown from. @throws Fault bad_request */
export function versionAsked(form: Form): number {
  const version = form.get('version');
  if (!/^\d{1,9}$/.test(version)) throw new Fault('bad_request');
  return Number(version);
}

/** Whoever may write records of this kind. @throws Fault forbidden */
export function writer(pages: KindPages, ctx: SignedInContext): Actor {
  const actor = reader(pages, ctx);
  if (!mayWithKind(actor, pages.kind, 'create')) throw new Fault('forbidden');
  return actor;
}
