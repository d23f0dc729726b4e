const { UserManager, WebStorageStateStore } = globalThis.oidc; // the script before this one

const { issuer, clientId, scope } = await (await fetch('/config')).json();
const users = new UserManager({
  authority: issuer,
  client_id: clientId,
  redirect_uri: `${location.origin}/callback`,
  post_logout_redirect_uri: `${location.origin}/`,
  scope,
  automaticSilentRenew: true, // by refresh token, a minute before the access token ends
  userStore: new WebStorageStateStore({ store: sessionStorage }), // gone with the tab
});
const main = document.querySelector('main');
let events;

const paragraph = (id, text) => Object.assign(document.createElement('p'), { id, textContent: text });

function button(text, deed) {
  const element = Object.assign(document.createElement('button'), { textContent: text });
  element.addEventListener('click', deed);
  return element;
}

/** As whom the person acts now, and what else the person may switch to. */
async function showUser() {
  events?.close();
  const user = await users.getUser();
  if (!user || user.expired) {
    return main.replaceChildren(
      paragraph('state', 'Signed out'),
      button('Sign in', () => users.signinRedirect()),
    );
  }
  const answer = await fetch(await users.metadataService.getUserInfoEndpoint(), {
    headers: { authorization: `Bearer ${user.access_token}` },
  });
  if (!answer.ok) return forget();
  const { name, subsystem_account: acting, accounts = [] } = await answer.json();
  const { sid, sub } = user.profile;
  events = new EventSource(`/events?${new URLSearchParams({ sid, sub })}`);
  events.addEventListener('ended', () => void forget());
  main.replaceChildren(
    paragraph('state', name),
    paragraph('account', `${acting.id} ${acting.unit.name} ${acting.role} ${acting.duty}`),
    ...accounts.map((other) => button(`Switch to ${other.id}`, () => switchTo(other.id))),
    button('Refresh', () => users.signinSilent().then(showUser, forget)),
    button('Sign out', () => users.signoutRedirect()),
  );
}

async function forget() {
  await users.removeUser();
  await showUser();
}

/** Token exchange (RFC 8693), of which the library knows nothing: asked for here, kept by the library. */
async function switchTo(account) {
  const user = await users.getUser();
  const answer = await fetch(await users.metadataService.getTokenEndpoint(), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      client_id: clientId,
      subject_token: user.access_token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      account,
    }),
  });
  const body = await answer.json();
  if (body.error === 'insufficient_user_authentication') {
    const extraQueryParams = { account };
    return users.signinRedirect({ acr_values: body.acr_values, extraQueryParams });
  }
  if (!answer.ok) return forget();
  const { access_token, id_token, refresh_token, expires_in } = body;
  Object.assign(user, { access_token, id_token, refresh_token, expires_in });
  await users.storeUser(user);
  await showUser();
}

const { pathname, searchParams } = new URL(location.href);
if (pathname === '/callback') {
  await users.signinRedirectCallback().catch(() => undefined); // refused, or an old address: begin anew
  history.replaceState(undefined, '', '/');
  await showUser();
} else if (pathname === '/login' && (searchParams.get('iss') ?? issuer) === issuer) {
  await users.signinRedirect({ login_hint: searchParams.get('login_hint') ?? undefined });
} else await showUser();
