import type { Context } from 'koa';
import texts from './texts.json' with { type: 'json' };

export type Locale = keyof typeof texts;
export type Text = keyof (typeof texts)['en'];
type Label = Record<Locale, string>;
type Coded = { code: string; label: Label }[];

/** The part of the manifest this program itself needs. */
export interface Manifest {
  name: Label;
  client: { client_id: string; scope: string };
  roles: Coded;
  duties: Coded;
  menuRoles: Coded;
}

/** The `subsystem_account` claim: as whom the person acts here. */
export interface SubsystemAccount {
  id: string;
  binding: string;
  unit: { code: string; name: string };
  role: string;
  duty: string;
  menu_roles: string[];
}

/** The language chosen at the single entry on this host, else the browser's. */
export function localeOf(ctx: Context): Locale {
  const wish = ctx.cookies.get('lang') ?? ctx.acceptsLanguages('zh-TW', 'zh', 'en');
  return wish === 'en' ? 'en' : 'zh-TW';
}

/** HTML already; any other value put into a page is escaped. */
class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function html(strings: TemplateStringsArray, ...values: (string | Html | Html[])[]): Html {
  const parts = values.map((value) => (Array.isArray(value) ? value : [value]).map(escape).join(''));
  return new Html(String.raw({ raw: strings }, ...parts));
}

function escape(value: string | Html): string {
  if (value instanceof Html) return value.text;
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function createPages(manifest: Manifest, issuer: string) {
  const show = (ctx: Context, body: Html): void => {
    const name = manifest.name[localeOf(ctx)];
    ctx.type = 'html';
    ctx.body = html`<!doctype html>
      <html lang="${localeOf(ctx)}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <title>${name}</title>
          <link rel="stylesheet" href="${issuer}/assets/single-entry.css" />
        </head>
        <body>
          <main>
            <h1>${name}</h1>
            ${body}
          </main>
        </body>
      </html>`.text;
  };
  const label = (list: Coded, code: string, locale: Locale): string =>
    list.find((item) => item.code === code)?.label[locale] ?? code;

  return {
    /** One sentence and the way on. */
    message(ctx: Context, text: Text, status = 200): void {
      const t = texts[localeOf(ctx)];
      ctx.status = status;
      show(
        ctx,
        html`<p>${t[text]}</p>
          <p><a class="button" href="/login">${t.signIn}</a></p>`,
      );
    },

    /** As whom the person acts, and a button for each other account. */
    home(ctx: Context, person: string, acting: SubsystemAccount, others: SubsystemAccount[]): void {
      const locale = localeOf(ctx);
      const t = texts[locale];
      const menuRoles = acting.menu_roles.map((code) => label(manifest.menuRoles, code, locale));
      const facts: [Text, string][] = [
        ['actingAs', acting.binding],
        ['unit', `${acting.unit.code} ${acting.unit.name}`],
        ['role', label(manifest.roles, acting.role, locale)],
        ['duty', label(manifest.duties, acting.duty, locale)],
        ['menuRoles', menuRoles.join(locale === 'en' ? ', ' : '、')],
      ];
      const choices = others.filter(({ id }) => id !== acting.id);
      show(
        ctx,
        html`<p>${person}</p>
          <dl class="summary-list">
            ${facts.map(
              ([term, value]) =>
                html`<div>
                  <dt>${t[term]}</dt>
                  <dd>${value}</dd>
                </div>`,
            )}
          </dl>
          <form method="post" action="/switch">
            ${choices.map(
              ({ id, binding, unit }) =>
                html`<button class="button" name="account" value="${id}">
                  ${t.switchTo} ${binding} (${unit.name})
                </button>`,
            )}
          </form>
          <form method="post" action="/sign-out"><button class="button">${t.signOut}</button></form>`,
      );
    },
  };
}
