import { syntheticNationalId } from '#db/idp/seed/national-id.ts';
import { createCookieJar } from '../support/cookie-jar.ts';
import { readText } from '../support/html.ts';
import { CAPTCHA, HOSPITAL, PASSWORD, type World } from './enrollments-world.ts';

export interface Answer {
  status: number;
  path: string;
  html: string;
  text: string;
  headers: Headers;
}

type Fields = Record<string, string | string[]>;

let serial = 500;

/** A person without an account and their browser, without scripts. */
export function createApplicant(world: Pick<World, 'base'>, locale: 'zh-TW' | 'en' = 'en') {
  const jar = createCookieJar();
  serial += 1;
  const person = {
    login_name: `applicant.${serial}`,
    new_password: PASSWORD,
    repeat_password: PASSWORD,
    national_id: syntheticNationalId('D', 2, serial),
    name: 'Sample Wang',
    title: 'Nurse',
    phone: '02-12345678#1234',
    spare_phone: '',
    unit_phone: '',
    mobile: '0912-345678',
    email: `applicant.${serial}@hospital.example`,
    spare_email: '',
  };

  async function ask(path: string, init: RequestInit = {}, follow = true): Promise<Answer> {
    const url = new URL(path, world.base);
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        'accept-language': locale,
        cookie: jar.header(url),
        ...(init.method === 'POST' && { origin: world.base }),
        ...(init.headers as Record<string, string>),
      },
    });
    jar.store(url, response.headers.getSetCookie());
    const location = response.headers.get('location');
    if (location !== null && follow) {
      await response.body?.cancel();
      return ask(location);
    }
    const html = await response.text();
    const { status, headers } = response;
    return { status, headers, html, text: readText(html), path: url.pathname + url.search };
  }

  const open = (path: string): Promise<Answer> => ask(path);

  function post(path: string, fields: Fields = {}): Promise<Answer> {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) {
      for (const each of Array.isArray(value) ? value : [value]) body.append(name, each);
    }
    return ask(path, { method: 'POST', body });
  }

  function upload(name: string, bytes: Buffer, field = 'scan'): Promise<Answer> {
    const form = new FormData();
    form.append(field, new Blob([new Uint8Array(bytes)]), name);
    return ask('/enrollment-progress/scan', { method: 'POST', body: form });
  }

  /** Fills in everything up to the review page. */
  async function fillIn(
    role: 'user' | 'unit_manager' = 'user',
    unit = HOSPITAL,
    choices: Fields = {},
  ): Promise<Answer> {
    await post('/enrollment/unit', { unit });
    await post('/enrollment/role', { role });
    await post('/enrollment/person', person);
    return post('/enrollment/subsystems', choices);
  }

  /** Opens the review page and sends the application. */
  async function send(): Promise<Answer> {
    await open('/enrollment/review');
    return post('/enrollment/submission', { captcha: CAPTCHA });
  }

  /** Looks up how the application stands. */
  async function lookUp(password = PASSWORD, account = person.login_name): Promise<Answer> {
    await post('/enrollment-progress/end');
    await open('/enrollment-progress');
    return post('/enrollment-progress/proof', { account, password, captcha: CAPTCHA });
  }

  return { jar, person, ask, open, post, upload, fillIn, send, lookUp };
}

export type Applicant = ReturnType<typeof createApplicant>;

/** The link in the newest letter to this address. */
export async function linkTo(world: World, address: string): Promise<string> {
  const letter = (await world.letters()).findLast(
    ({ kind, to }) => kind === 'confirm_address' && to === address,
  );
  const link = /https?:\/\/\S+token=[\w-]+/.exec(letter?.text ?? '')?.[0];
  if (link === undefined) throw new Error('no link was mailed');
  return link;
}

/** Fills in, sends and confirms. @returns the application's id */
export async function apply(
  world: World,
  applicant: Applicant,
  role: 'user' | 'unit_manager' = 'user',
  unit = HOSPITAL,
  choices: Fields = {},
): Promise<string> {
  await applicant.fillIn(role, unit, choices);
  await applicant.send();
  await confirm(world, applicant);
  const { id } = await world.database.db
    .selectFrom('enrollment')
    .select('id')
    .where('login_name', '=', applicant.person.login_name)
    .orderBy('submitted_at', 'desc')
    .executeTakeFirstOrThrow();
  return id;
}

export async function confirm(world: World, applicant: Applicant): Promise<Answer> {
  const token = new URL(await linkTo(world, applicant.person.email)).searchParams.get('token') ?? '';
  return applicant.post('/enrollment/confirmation', { token });
}
