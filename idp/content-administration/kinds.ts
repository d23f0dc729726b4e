/** Every kind of content there is. */
import type { ContentKind } from './types.ts';
import { announcementKinds } from './kinds/announcement.ts';
import { downloadKind } from './kinds/download.ts';
import { helpKinds } from './kinds/help.ts';
import { noticeKind, windowKind } from './kinds/status.ts';

export const CONTENT_KINDS: ContentKind[] = [
  ...announcementKinds,
  ...helpKinds,
  downloadKind,
  noticeKind,
  windowKind,
];
