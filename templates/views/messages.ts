/** What reaches a person inside the portal. */
import type { WrittenText } from './content.ts';

interface MessageHead {
  /** Of the subsystem that sent it; '' for the single entry's own. */
  prefix: string;
  subject: WrittenText;
  sender: WrittenText;
  receivedAt: Date;
}

export interface MessageViews {
  'idp/messages': {
    /** What waits for a manager; `key` names it. */
    work: { key: string; count: number; url: string }[];
    messages: (MessageHead & { url: string; isUnread: boolean })[];
    unread: number;
    /** Takes `newest` by POST: everything up to it becomes read. */
    readAction: string;
    newest: string;
    /** '' when there is no such page. */
    firstUrl: string;
    olderUrl: string;
  };
  'idp/message': MessageHead & {
    body: { paragraphs: string[]; lang: string };
    /** '' when it leads nowhere. */
    link: string;
    linkLabel: string;
    listUrl: string;
  };
}
