/**
 * Renders the views of `views.ts` with Handlebars. A template is read when the renderer is made and compiled at its
 * first page; values are escaped, a field that is not there is an error and not an empty string.
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';
import type { Assets } from './assets.ts';
import { registerHelpers } from './helpers.ts';
import type { PageContext, ViewName, Views } from './views.ts';

export interface Renderer {
  /** A whole HTML document. @throws Error when a text or a field is missing: a bug */
  page<V extends ViewName>(view: V, page: PageContext, data: Views[V]): string;
}

type Template = HandlebarsTemplateDelegate<unknown>;

const PARTIAL_FOLDERS = ['layouts', 'partials'];
const VIEW_FOLDERS = ['idp', 'mch-app'];

/** @param options `development` reads the templates again for each page */
export function createRenderer(options: { assets: Assets; development?: boolean }): Renderer {
  let views = compileViews(options.assets);
  return {
    page(view, page, data) {
      if (options.development) views = compileViews(options.assets);
      const template = views.get(view);
      if (!template) throw new Error(`no template for ${view}`);
      return template(data, { data: { page } });
    },
  };
}

function compileViews(assets: Assets): Map<string, Template> {
  const handlebars = Handlebars.create();
  registerHelpers(handlebars, assets);
  for (const [name, source] of readTemplates(PARTIAL_FOLDERS)) handlebars.registerPartial(name, source);
  return new Map(
    readTemplates(VIEW_FOLDERS).map(([name, source]) => [name, handlebars.compile(source, { strict: true })]),
  );
}

/** `[name, source]` of each template in the folders; the name is the path without its ending. */
export function readTemplates(folders: string[]): [string, string][] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(import.meta.dirname, folder))
      .filter((file) => file.endsWith('.hbs'))
      .map((file): [string, string] => [
        `${folder}/${path.basename(file, '.hbs')}`,
        readFileSync(path.join(import.meta.dirname, folder, file), 'utf8'),
      ]),
  );
}
