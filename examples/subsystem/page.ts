import type { Context } from 'koa';
import texts from './texts.json' with { type: 'json' };

export type Locale = keyof typeof texts;
export type Text = keyof (typeof texts)['en'];
type Label = Record<Locale, string>;
type Coded = { code: string; label: Label }[];

/** The part of the manifest this program itself needs. */
export interface Manifest {
  code: string;
  colour: number;
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
  const show = (ctx: Context, title: string, body: Html): void => {
    const locale = localeOf(ctx);
    const name = manifest.name[locale];
    ctx.type = 'html';
    ctx.body = html`<!doctype html>
      <html lang="${locale}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>${title} · ${name}</title>
          <link rel="stylesheet" href="${issuer}/assets/single-entry.css" />
        </head>
        <body class="page page-card">
          <header class="top">
            <div class="top-inner"><a class="text-link" href="${issuer}">${texts[locale].portal}</a></div>
          </header>
          <main class="main" id="main">
            <div class="card">
              <header class="card-lead">
                <p class="asked-by">
                  <span class="mono s${String(manifest.colour)}" aria-hidden="true">${name.slice(0, 1)}</span>
                  <span>${name}</span>
                </p>
                <h1>${title}</h1>
              </header>
              <div class="card-body">${body}</div>
            </div>
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
      show(ctx, t[text], html`<p class="actions"><a class="button" href="/login">${t.signIn}</a></p>`);
    },

    /** As whom the person acts, and a button for each other account. */
    home(ctx: Context, person: string, acting: SubsystemAccount, others: SubsystemAccount[]): void {
      const locale = localeOf(ctx);
      const t = texts[locale];
      const menuRoles = acting.menu_roles.map((code) => label(manifest.menuRoles, code, locale));
      const facts: [Text, string][] = [
        ['unit', `${acting.unit.code} ${acting.unit.name}`],
        ['role', label(manifest.roles, acting.role, locale)],
        ['duty', label(manifest.duties, acting.duty, locale)],
        ['menuRoles', menuRoles.join(locale === 'en' ? ', ' : '、')],
      ];
      const choices = others.filter(({ id }) => id !== acting.id);
      const choice = ({ id, binding, unit }: SubsystemAccount): Html =>
        html`<button class="choice s${String(manifest.colour)}" name="account" value="${id}">
          <span class="choice-text"><strong class="choice-name">${binding}</strong>${unit.name}</span>
        </button>`;
      show(
        ctx,
        acting.binding,
        html`<p>${t.signedInAs} ${person}</p>
          <dl class="summary">
            ${facts.map(
              ([term, value]) =>
                html`<div>
                  <dt>${t[term]}</dt>
                  <dd>${value}</dd>
                </div>`,
            )}
          </dl>
          ${
            choices.length === 0
              ? ''
              : html`<h2>${t.switchTo}</h2>
                  <form class="choices" method="post" action="/switch">${choices.map(choice)}</form>`
          }
          <form class="actions" method="post" action="/sign-out">
            <button class="button button-quiet">${t.signOut}</button>
          </form>`,
      );
    },
  };
}
