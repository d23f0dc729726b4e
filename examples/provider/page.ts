import type { TrialAccount } from '#db/idp/seed/trial.ts';
import type { Settings } from './settings.ts';
import texts from './texts.json' with { type: 'json' };

const escape = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign,
  );

/** One page: sign in by one click, and end things. Its style is its own, its words in both languages. */
export function renderPage(
  { issuer, manifests }: Settings,
  accounts: TrialAccount[],
  said: { text: string; failed: boolean } | undefined,
): string {
  const button = (path: string, fields: Record<string, string>, label: string, about = ''): string => {
    const hidden = Object.entries(fields).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`,
    );
    return `<form method="post" action="${path}">${hidden.join('')}<button>${escape(label)}${about && ` <span class="hidden">${escape(about)}</span>`}</button></form>`;
  };
  const deed = (name: string, subject: string, label: string): string =>
    button('/deeds', { deed: `${name} ${subject}`.trim() }, label, subject);
  const loginNames = [...new Set(accounts.map(({ loginName }) => loginName))];
  const people = loginNames.map((name) => {
    const rows = accounts
      .filter(({ loginName }) => loginName === name)
      .map(
        ({ id, unitCode, role, duty }) =>
          `<tr><td><code>${escape(id)}</code><td>${escape(unitCode)}<td>${escape(role)}<td>${escape(duty)}<td>${deed('disable', id, texts.disable)}${deed('enable', id, texts.enable)}</tr>`,
      );
    return `<section><h2>${escape(name)}</h2>
${button('/sign-in', { person: name }, texts['sign-in'].replace('{name}', name))}${deed('logout', name, texts.logout)}
<div class="wide" tabindex="0" role="group" aria-label="${escape(name)}"><table><thead><tr>${[texts.account, texts.unit, texts.role, texts.duty, texts.deeds].map((head) => `<th scope="col">${head}`).join('')}</thead>${rows.join('')}</table></div></section>`;
  });
  const clients = manifests.map(
    ({ clientId }) =>
      `<p><code>${escape(clientId)}</code> ${deed('disable', clientId, texts.disable)}${deed('enable', clientId, texts.enable)}</p>`,
  );
  return `<!doctype html><html lang="zh-Hant-TW"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${texts.title}</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.6 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem;overflow-wrap:anywhere}
form{display:inline-block;margin:.25rem .5rem .25rem 0}button{font:inherit;padding:.4rem .8rem;min-height:2.75rem;position:relative}.wide{overflow-x:auto}
table{border-collapse:collapse}td,th{text-align:start;padding:.25rem .75rem .25rem 0;white-space:nowrap}tr{border-block-end:1px solid #8886}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}section{margin-block-start:2rem}
[role=status]{border-inline-start:.3rem solid #0a6;padding-inline-start:1rem;white-space:pre-wrap}.failed{border-color:#b00}</style>
<main><h1>${texts.title}</h1>
<p>${texts.about} Issuer: <a href="${issuer}">${issuer}</a></p>
${said ? `<p role="status"${said.failed ? ' class="failed"' : ''}>${escape(said.text)}</p>` : ''}
${people.join('\n')}
<section><h2>${texts.clients}</h2>${clients.join('')}</section>
<section><h2>${texts.key}</h2>${deed('rotate', '', texts.rotate)}</section></main></html>`;
}
