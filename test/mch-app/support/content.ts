import { readForms } from '../../support/html.ts';
import type { OpAccount } from './fake-op.ts';
import type { Page, Visitor } from './visitor.ts';

/* What editors do with their forms. */

export const OFFICE = '/admin/content';
export const FILLED = {
  category: 'notice',
  'title.zh-TW': '功能上線',
  'body.zh-TW': '第一段',
  publishFrom: '2026-01-01T09:00',
};
export type Fields = Record<string, string>;

/** The form at `path` with what would be sent of it. */
export async function formAt(visitor: Visitor, path: string): Promise<{ action: string; fields: Fields }> {
  const page = await visitor.go(path);
  const form = readForms(page.text).find(({ fields }) => 'version' in fields);
  if (!form) throw new Error(`no form at ${path}: ${page.status}`);
  return form;
}
export const sendForm = (
  visitor: Visitor,
  form: { action: string; fields: Fields },
  fields: Fields,
): Promise<Page> => visitor.ask(form.action, { form: { ...form.fields, ...fields } });
/** Writes an entry. @returns its id */
export async function write(
  visitor: Visitor,
  type: string,
  fields: Fields,
  deed = 'publish',
): Promise<string> {
  const form = await formAt(visitor, `${OFFICE}/new/${type}`);
  const saved = await sendForm(visitor, form, { ...FILLED, ...fields, deed });
  if (saved.status !== 303) throw new Error(`${type} was not written: ${saved.status} ${saved.text}`);
  return form.fields['id'] ?? '';
}
export async function attach(
  visitor: Visitor,
  account: OpAccount,
  id: string,
  file: { name: string; content: string },
) {
  const body = new FormData();
  body.set('acting', account.id);
  body.set('file', new File([file.content], file.name));
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { origin: visitor.origin, cookie, accept: 'text/html' };
  return fetch(`${visitor.origin}${OFFICE}/${id}/files`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body,
  });
}
