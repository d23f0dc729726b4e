import type { FormRoute } from '../../kept-forms/index.ts';
import type { ContentHost } from '../host.ts';
import { deedRoutes } from './deeds.ts';
import { formRoutes } from './edit.ts';
import { listRoutes } from './list.ts';
import { readingRoutes } from './read.ts';

/** Every address of the content: read by all, written by its editors. */
export function contentRoutes(host: ContentHost): FormRoute[] {
  return [...readingRoutes(host), ...listRoutes(host), ...formRoutes(host), ...deedRoutes(host)];
}
