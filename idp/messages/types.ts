import type { Localized } from '../subsystems/index.ts';

/** Words in the languages there are: English may be '' and is then shown in Chinese. */
export type MessageText = Localized;

/** A message to one person. */
export interface NewMessage {
  accountId: string;
  /** Whose it is: its prefix stands before the subject. Undefined for the single entry's own. */
  subsystemCode?: string;
  sender: MessageText;
  subject: MessageText;
  /** Plain text, a paragraph a line. */
  body: MessageText;
  /** Where it leads: a path of the portal's, or an address at its subsystem. */
  link?: string;
  /** Names the event: a second message of the same key from the same sender is never written. */
  dedupeKey: string;
}

export interface Message {
  id: number;
  subsystemCode: string | null;
  sender: MessageText;
  subject: MessageText;
  body: MessageText;
  link: string | null;
  receivedAt: Date;
  readAt: Date | null;
}

/** Work that waits for a manager; `key` is the locale key that names it. */
export interface WorkItem {
  key: string;
  count: number;
  /** The page where it is done. */
  url: string;
}
