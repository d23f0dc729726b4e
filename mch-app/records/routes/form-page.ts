import { findPatient } from '../../patients/index.ts';
import { type SignedInContext, sessionOf } from '../../sessions/index.ts';
import { mayWithKind } from '../policy.ts';
import type { Actor, Finding, FullRecord } from '../types.ts';
import { findingText, formParts } from '../view/form.ts';
import { isUnlocked } from '../policy.ts';
import { parentOf } from '../service/read.ts';
import { partsOf } from '../view/record.ts';
import { rowsForm } from '../view/rows.ts';
import { unitChoices } from '../service/units.ts';
import type { KindPages } from './host.ts';

/** What a form is shown with. */
export interface FormState {
  record: FullRecord | undefined;
  parent: FullRecord | undefined;
  typed: Readonly<Record<string, string | string[]>>;
  findings: readonly Finding[];
  notice: 'changed_meanwhile' | 'unlocked' | 'filled' | 'started' | 'unknown' | '';
}

/** Shows a form with what was typed and what was found; nothing typed is ever lost. */
export async function renderForm(
  { host, kind, labels, area }: KindPages,
  ctx: SignedInContext,
  actor: Actor,
  state: FormState,
): Promise<void> {
  const { locale } = ctx.state;
  const { record, typed, findings } = state;
  const session = sessionOf(ctx);
  const now = host.clock();
  const parent = state.parent ?? (await parentOf(host, host.db, kind, actor, record));
  const parentKind = parent && area.kinds.find(({ key }) => key === parent.kind);
  const person = parent?.patientId ? await findPatient(host.db, { id: parent.patientId }) : undefined;
  const about =
    parent && parentKind && mayWithKind(actor, parentKind, 'read')
      ? partsOf({ kind: parentKind, labels, locale, record: parent, person, now }).flatMap(
          ({ facts }) => facts,
        )
      : [];
  const tell = (found: Finding) => ({
    field: found.field,
    text: findingText(kind, labels, locale, found),
    key: found.key,
  });
  const path = `/${kind.path}`;
  const units = await unitChoices(host.db, kind, typed);
  const shown = { kind, labels, locale, typed, findings, units };
  host.show(ctx, 'mch-app/record-form', {
    ...host.frameOf(ctx, record ? kind.path : (kind.entry ?? kind.path)),
    action: record ? `${path}/${record.no}` : path,
    cancelUrl: record ? `${path}/${record.no}` : path,
    no: record?.no,
    acting: session.account.id,
    generation: session.generation,
    hidden: [
      ...(record ? [{ name: 'version', value: String(record.version) }] : []),
      ...(parent && !record ? [{ name: 'parent', value: String(parent.no) }] : []),
    ],
    about,
    parts: formParts(shown),
    rows: rowsForm(shown),
    errors: findings.filter(({ level }) => level === 'error').map(tell),
    warnings: findings.filter(({ level }) => level === 'warning').map(tell),
    noticeKey: state.notice && `records.notice-${state.notice}`,
    maySubmit: mayWithKind(actor, kind, 'submit'),
    // what was held open is corrected and locked again, never kept half done
    mayDraft: record === undefined || !isUnlocked(record, now),
    mayFind: kind.subject !== 'parent' && record === undefined,
  });
}
