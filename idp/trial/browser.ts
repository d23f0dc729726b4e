const MAX_HOPS = 10;

/**
 * Signs one of the demo people in by the page beside a local provider, and goes to the authorization endpoint as that
 * person's browser would.
 * @returns where the browser was sent to at the client; undefined when it came to rest on a page that asks something
 * @throws Error when there is no such page, or no such person
 */
export async function visitAs(page: string, as: string, start: URL): Promise<URL | undefined> {
  const entered = await fetch(new URL('/sign-in', page), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ person: as }),
  });
  if (entered.status !== 303) throw new Error(`${page} did not sign ${as} in`);
  const cookies = new Map<string, string>();
  const keep = (response: Response): void => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair);
    }
  };
  keep(entered);
  let url = start;
  for (let hops = 0; hops < MAX_HOPS; hops += 1) {
    const headers = { accept: 'text/html', cookie: [...cookies.values()].join('; ') };
    const response = await fetch(url, { redirect: 'manual', headers });
    await response.body?.cancel();
    keep(response);
    const location = response.headers.get('location');
    if (location === null) return undefined;
    url = new URL(location, url);
    if (url.origin !== start.origin) return url;
  }
  return undefined;
}

/** What the page beside a local provider knows of the accounts made for trying. */
export async function accountsOf(page: string, as: string): Promise<string[]> {
  const response = await fetch(new URL('/accounts.json', page));
  const accounts = (await response.json()) as { loginName: string; id: string }[];
  return accounts.filter(({ loginName }) => loginName === as).map(({ id }) => id);
}

/** Has every session of the person ended there. */
export async function endSessionsOf(page: string, as: string): Promise<void> {
  const body = new URLSearchParams({ deed: `logout ${as}` });
  const response = await fetch(new URL('/deeds', page), { method: 'POST', body });
  await response.body?.cancel();
}
