import { Fault } from '#kit/errors.ts';
import type { Form } from '#kit/http/form.ts';
import { seeOther } from '#kit/http/see-other.ts';
import { findPatient, numberIndexes } from '../../patients/index.ts';
import type { Handler, SignedInContext } from '../../sessions/index.ts';
import { mergeFields } from '../fields.ts';
import { IDENTITY_FIELDS } from '../identity.ts';
import { taipeiMinute } from '#kit/clock.ts';
import { writeValue } from '../parse.ts';
import { isUnlocked, mayWithKind } from '../policy.ts';
import { findParent, judgeForm } from '../service/read.ts';
import { saveRecord } from '../service/save.ts';
import { findLatest, findRecord } from '../store/envelope.ts';
import type { Actor, Field, FullRecord, RecordKind } from '../types.ts';
import { may } from '../view/record.ts';
import type { KindPages } from './host.ts';
import { reader } from './list.ts';
import { type FormState, renderForm } from './form-page.ts';

/** GET of an empty form; of a kind that belongs to another's record, for that record. */
export function showNewForm(pages: KindPages): Handler {
  return async (ctx) => {
    const actor = writer(pages, ctx);
    const parent = await parentAsked(pages, actor, new URLSearchParams(ctx.querystring).get('parent'));
    await renderForm(pages, ctx, actor, { record: undefined, parent, typed: {}, findings: [], notice: '' });
  };
}

/** GET of a record's form. */
export function showEditForm(pages: KindPages): Handler {
  return async (ctx) => {
    const { host, kind } = pages;
    const actor = writer(pages, ctx);
    const record = await recordAsked(pages, ctx, actor);
    const now = host.clock();
    if (!may('edit', record, kind, actor, now)) return seeOther(ctx, `/${kind.path}/${record.no}`);
    const notice = isUnlocked(record, now) ? 'unlocked' : '';
    const typed = { ...typedOf(kind, record), ...(await typedPerson(pages, record)) };
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
    const submit = deed === 'submit';
    const judged = await judgeForm(host, host.db, kind, actor, form, { record, parent, complete: submit });
    const state: FormState = { record, parent, typed: judged.typed, findings: judged.findings, notice: '' };
    if (deed === 'find') return fillIn(pages, ctx, actor, form, state);
    const errors = judged.findings.filter(({ level }) => level === 'error');
    const warnings = judged.findings.filter(({ level }) => level === 'warning');
    const isConfirmed = warnings.every(({ field, key }) => form.all('confirmed').includes(`${field}.${key}`));
    if (errors.length > 0 || (submit && !isConfirmed)) {
      ctx.status = 422;
      return renderForm(pages, ctx, actor, state);
    }
    const version = Number(form.get('version'));
    const of = record && { id: record.id, version };
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

/** What the newest record in sight says of the person whose number was typed; nothing typed is lost. */
async function fillIn(
  pages: KindPages,
  ctx: SignedInContext,
  actor: Actor,
  form: Form,
  state: FormState,
): Promise<void> {
  const { host, kind } = pages;
  const number = form.get('id_no');
  const person =
    number === '' ? undefined : await findPatient(host.db, { indexes: numberIndexes(host.keyring, number) });
  const latest = person && (await findLatest(host.db, kind, actor.scope, person.id));
  const known: Record<string, string | string[]> = latest ? typedOf(kind, latest, ['own']) : {};
  if (person && latest) {
    Object.assign(known, { name: person.name, birth_date: person.birthDate, sex: person.sex ?? '' });
    if (person.birthAt) known['birth_at'] = taipeiMinute(person.birthAt);
  }
  const typed = { ...state.typed };
  for (const [name, value] of Object.entries(known)) if (isBlank(typed[name])) typed[name] = value;
  await renderForm(pages, ctx, actor, {
    ...state,
    typed,
    findings: [],
    notice: latest ? 'filled' : 'unknown',
  });
}

const isBlank = (typed: string | string[] | undefined): boolean => typed === undefined || typed.length === 0;

/** The values of a record as its form types them. */
function typedOf(
  kind: RecordKind,
  record: FullRecord,
  without: string[] = [],
): Record<string, string | string[]> {
  const parts = kind.parts.filter(({ name }) => !without.includes(name));
  const fields: [string, Field][] = Object.entries(mergeFields(parts.map((part) => part.fields)));
  return Object.fromEntries(fields.map(([name, of]) => [name, writeValue(of, record.values[name] ?? null)]));
}

/** Who the record is about, as its form types it. */
async function typedPerson({ host, kind }: KindPages, record: FullRecord): Promise<Record<string, string>> {
  if (kind.subject === 'parent' || record.patientId === null) return {};
  const person = await findPatient(host.db, { id: record.patientId });
  if (!person) return {};
  const all: Record<string, string> = {
    id_type: person.idType,
    id_no: await host.numberOf(person.id),
    name: person.name,
    birth_date: person.birthDate,
    birth_at: person.birthAt ? taipeiMinute(person.birthAt) : '',
    birth_order: person.birthOrder === null ? '' : String(person.birthOrder),
    sex: person.sex ?? '',
    ...(person.motherId === null ? {} : await motherOf(host, person.motherId)),
  };
  const asked: readonly string[] = IDENTITY_FIELDS[kind.subject];
  return Object.fromEntries(Object.entries(all).filter(([name]) => asked.includes(name)));
}

async function motherOf(host: KindPages['host'], id: string): Promise<Record<string, string>> {
  const mother = await findPatient(host.db, { id });
  return mother ? { mother_name: mother.name, mother_id_no: await host.numberOf(id) } : {};
}

/** @throws Fault forbidden, not_found, bad_request */
async function parentAsked(
  { host, kind }: KindPages,
  actor: Actor,
  no: string | null,
): Promise<FullRecord | undefined> {
  if (kind.parent === undefined) return undefined;
  if (no === null || !/^\d{1,15}$/.test(no)) throw new Fault('bad_request');
  const parent = await findParent(host, host.db, kind, actor, { no: Number(no) });
  if (!parent || parent.state === 'draft') throw new Fault('not_found');
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

/** Whoever may write records of this kind. @throws Fault forbidden */
function writer(pages: KindPages, ctx: SignedInContext): Actor {
  const actor = reader(pages, ctx);
  if (!mayWithKind(actor, pages.kind, 'create')) throw new Fault('forbidden');
  return actor;
}
