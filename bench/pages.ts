import { createJourney, signIn } from '../test/support/journey.ts';
import { Connection } from './connection.ts';
import { loginNameOf } from './people.ts';

/** Pages that people see, beyond the protocol: of our provider only. */
export interface PageScenario {
  key: string;
  name: string;
  connections: number;
  rate: number;
  path: string;
  /** Who looks at it; nobody without. */
  loginName?: (worker: number) => string;
}

export const pageScenarios: PageScenario[] = [
  { key: 'portal', name: 'portal home, signed out', connections: 8, rate: 100, path: '/' },
  {
    ...{ key: 'portal-own', name: 'portal home of a person', connections: 8, rate: 50, path: '/' },
    loginName: loginNameOf,
  },
  {
    ...{
      key: 'console',
      name: 'console list: accounts',
      connections: 4,
      rate: 20,
      path: '/console/accounts',
    },
    loginName: () => 'demo.hpa',
  },
];

/** Signs in where the page asks for it. @returns the operation of one worker, and what closes it */
export async function preparePage(
  { path, loginName }: PageScenario,
  origin: string,
  worker: number,
): Promise<{ work: () => Promise<void>; close: () => void }> {
  const headers = loginName ? { cookie: await signedIn(origin, loginName(worker)) } : {};
  const connection = new Connection(origin);
  const work = async (): Promise<void> => {
    const { status, body } = await connection.send(path, headers);
    if (status !== 200 || !body.includes('</html>')) throw new Error(`${path} answered ${status}`);
  };
  return { work, close: () => connection.close() };
}

const cookies = new Map<string, Promise<string>>();

/** One sign-in a person: a code of a second factor counts once. */
function signedIn(origin: string, loginName: string): Promise<string> {
  const key = `${origin} ${loginName}`;
  let cookie = cookies.get(key);
  if (!cookie) {
    cookie = (async () => {
      const browser = createJourney();
      await browser.open(`${origin}/sign-in`);
      await signIn(browser, loginName);
      return browser.jar.header(new URL(origin));
    })();
    cookies.set(key, cookie);
  }
  return cookie;
}
