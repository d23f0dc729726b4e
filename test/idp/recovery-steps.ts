import { eventually } from '../support/eventually.ts';
import type { PageForm } from '../support/html.ts';
import type { Journey, Page } from '../support/journey.ts';
import { CAPTCHA, NEW_PASSWORD, OLD_PASSWORD, type RecoveryWorld } from './recovery-world.ts';

export const asks =
  (name: string) =>
  (form: PageForm): boolean =>
    name in form.fields;

/** Fills in the form of the forgotten password. */
export async function ask(
  world: RecoveryWorld,
  typed: { account: string; email: string; captcha?: string },
  journey = world.browse(),
): Promise<Page> {
  await journey.open(`${world.issuer}/forgot-password`);
  return journey.submit(asks('email'), { captcha: CAPTCHA, ...typed });
}

/** Asks for a person of `@example.test` and waits for the mail. @returns the link in it */
export async function linkFor(world: RecoveryWorld, loginName: string): Promise<string> {
  const email = `${loginName}@example.test`;
  const before = (await world.mailsTo(email, 'N06')).length;
  await ask(world, { account: loginName, email });
  await eventually(async () => {
    expect((await world.mailsTo(email, 'N06')).length).toBe(before + 1);
  });
  return newestLink(world, loginName);
}

/** The link in the last mail to this person. */
export async function newestLink(world: RecoveryWorld, loginName: string): Promise<string> {
  const url = (await world.mailsTo(`${loginName}@example.test`, 'N06')).at(-1)?.params['url'];
  if (typeof url !== 'string') throw new Error('there is no mail with a link');
  return url;
}

/** Types a new password on the page a link has opened. */
export async function choose(journey: Journey, password = NEW_PASSWORD, repeat = password): Promise<Page> {
  return journey.submit(asks('new_password'), { new_password: password, repeat_password: repeat });
}

/** Whether this password lets the person in, at the front door. */
export async function opens(world: RecoveryWorld, loginName: string, password: string): Promise<boolean> {
  const page = await enter(world, world.browse(), loginName, password);
  return !page.forms.some(asks('captcha'));
}

/** Signs in with a password, as far as that leads. */
export async function enter(
  world: RecoveryWorld,
  journey: Journey,
  account: string,
  password = OLD_PASSWORD,
): Promise<Page> {
  await journey.open(`${world.issuer}/sign-in`);
  return journey.submit(asks('captcha'), { account, password, captcha: CAPTCHA });
}
