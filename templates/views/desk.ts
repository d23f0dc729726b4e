/** What a person finds around every page of the MCH system, and the search through its functions. */
import type { MenuGroup } from '../views.ts';
import type { TodoLine } from './records.ts';

export interface DeskPlace {
  url: string;
  label: string;
  /** The groups above it. */
  trail: string[];
}

export interface PageDesk {
  unitLabel: string;
  roleLabel: string;
  personName: string;
  /** `count` 0: none is shown. */
  links: { kind: 'messages' | 'profile' | 'office'; url: string; count: number }[];
  /** The function one is in; '' outside of all. */
  here: string;
  isFavourite: boolean;
  /** What waits, shown at once after signing in; empty else. */
  popUp: TodoLine[];
}

export interface DeskViews {
  'mch-app/inbox': {
    menu: MenuGroup[];
    acting: string;
    newest: string;
    oldest: string;
    hasUnread: boolean;
    messages: { url: string; subject: string; at: Date; isUnread: boolean }[];
    firstUrl: string;
    olderUrl: string;
  };
  'mch-app/inbox-message': {
    menu: MenuGroup[];
    subject: string;
    at: Date;
    paragraphs: string[];
    url: string;
    listUrl: string;
  };
  'mch-app/profile': {
    menu: MenuGroup[];
    tab: 'person' | 'system' | 'work';
    tabs: { kind: string; url: string; isCurrent: boolean }[];
    acting: string;
    accountId: string;
    binding: string;
    personName: string;
    unitLabel: string;
    roleLabel: string;
    dutyLabel: string;
    portalUrl: string;
    /** What the single entry says now; each part undefined while it cannot be asked. */
    person:
      | {
          managers: { name: string; phone: string }[] | undefined;
          contact: { email: string; phone: string } | undefined;
        }
      | undefined;
    menuRoles: { code: string; label: string; isWanted: boolean }[];
    saveUrl: string;
  };
  'mch-app/functions': { menu: MenuGroup[]; query: string; functions: DeskPlace[] };
}
