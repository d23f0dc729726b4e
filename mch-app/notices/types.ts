/** A message for the holder of an account, left in the inbox at the single entry. */
export interface NewNotice {
  /** One key is one message, however often it is sent. */
  dedupeKey: string;
  accountId: string;
  subject: { 'zh-TW': string; en: string };
  body: { 'zh-TW': string; en: string };
  /** Where it leads to in this system: a path. */
  path: string;
}

export interface DueNotice extends Omit<NewNotice, 'path'> {
  id: number;
  link: string;
  attempts: number;
  createdAt: Date;
}
