import { CATEGORIES, isAboutRecord } from './policy.ts';
import type { ChangeCategory } from './types.ts';

const PHONE = /^[0-9()#+\- ]{6,30}$/;
const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export interface AskedForm {
  category: ChangeCategory | undefined;
  /** Number of the record. */
  record: number | undefined;
  phone: string;
  email: string;
  content: string;
  errors: { field: string; key: string }[];
}

/** Reads what somebody asks for; `key` names a text. */
export function readAsked(typed: Readonly<Record<string, string>>): AskedForm {
  const { phone = '', email = '', content = '', record = '' } = typed;
  const category = CATEGORIES.find((one) => one === typed['category']);
  const errors: AskedForm['errors'] = [];
  const wrong = (field: string, key: string): void =>
    void errors.push({ field, key: `change-requests.${key}` });
  if (!PHONE.test(phone)) wrong('phone', 'bad-phone');
  if (!MAIL.test(email) || email.length > 254) wrong('email', 'bad-email');
  if (!category) wrong('category', 'no-category');
  if (content === '' || Array.from(content).length > 1000) wrong('content', 'no-content');
  const isNumber = /^\d{1,15}$/.test(record);
  if (category && isAboutRecord(category) && !isNumber) wrong('record', 'no-record');
  return { category, record: isNumber ? Number(record) : undefined, phone, email, content, errors };
}
