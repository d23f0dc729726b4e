export interface NewMessage {
  dedupeKey: string;
  accountId: string;
  subject: { 'zh-TW': string; en: string };
  body: { 'zh-TW': string; en: string };
  path: string;
  at: Date;
}

export interface Message extends Omit<NewMessage, 'dedupeKey' | 'accountId'> {
  id: number;
  isUnread: boolean;
}
