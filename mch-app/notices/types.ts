/** A message for the holder of an account, left in the inbox at the single entry. */
export interface NewNotice {
  /** One key is one message, however often it is sent. */
  dedupeKey: string;
  accountId: string;
  subject: { 'zh-TW': string; en: string };
  body: { 'zh-TW': string; en: string };
  /** Where it leads to in this system: a path. */
  path: string;
  /** It goes out by mail: what waits, instead of a message. */
  reminder?: Reminder;
}

/** What waits at an account, for whom the single entry is to write a mail to. */
export interface Reminder {
  lines: { label: { 'zh-TW': string; en: string }; count: number }[];
  /** Where such mails are ended: a whole address. */
  settings: string;
  /** As which it was counted: it is not sent when the account no longer is so. */
  unit: string;
  menu_roles: string[];
}

export interface DueNotice extends Omit<NewNotice, 'path' | 'reminder'> {
  reminder: Reminder | undefined;
  id: number;
  link: string;
  attempts: number;
  createdAt: Date;
}
