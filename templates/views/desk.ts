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
  'mch-app/functions': { menu: MenuGroup[]; query: string; functions: DeskPlace[] };
}
