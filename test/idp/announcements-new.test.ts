import { type ContentWorld, draft, startContentWorld } from './content-world.ts';
import type { Journey } from '../support/journey.ts';

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

describe('announcements that are new to a person', () => {
  let world: ContentWorld;
  beforeAll(async () => {
    world = await startContentWorld();
    await world.database.db.deleteFrom('announcement').execute();
  });
  afterAll(() => world.stop());

  const badge = async (journey: Journey, path = '/account/sessions'): Promise<string> => {
    const { html } = await journey.open(world.issuer + path);
    return (
      /<a href="\/announcements"[^>]*>[^<]*<span class="place-badge">.*?hidden">([^<]*)</.exec(html)?.[1] ??
      ''
    );
  };

  test('N17: are counted in the navigation until the list is looked at, for those they are for', async () => {
    const nurse = await world.reader('demo.nurse');
    const someone = await world.reader('demo.new', 'en');
    expect(await badge(nurse)).toBe('');
    await world.publish([
      draft('for-all', { publishFrom: minutesAgo(10) }),
      draft('for-lab', { publishFrom: minutesAgo(5), audience: { subsystems: ['lab'] } }),
      draft('to-come', { publishFrom: minutesAgo(-60) }),
      draft('long-ago', { publishFrom: minutesAgo(60 * 24 * 31) }),
    ]);
    expect([await badge(nurse), await badge(someone)]).toEqual(['2 則新公告', '1 new']);
    expect(await badge(nurse, '/account/messages')).toBe('2 則新公告');
    const { html } = await (await world.reader()).open(world.issuer);
    expect(html).not.toContain('place-badge');

    expect(await badge(nurse, '/announcements')).toBe(''); // read by now
    expect([await badge(nurse), await badge(someone)]).toEqual(['', '1 new']);
    await world.publish([draft('later', { publishFrom: new Date().toISOString() })]);
    expect(await badge(nurse)).toBe('1 則新公告');
  });

  test('N17: one announcement does not make the others seen; events never count', async () => {
    const nurse = await world.reader('demo.nurse');
    await nurse.open(`${world.issuer}/announcements`);
    await world.publish([
      draft('first', { publishFrom: new Date().toISOString() }),
      draft('second', { publishFrom: new Date().toISOString() }),
    ]);
    await nurse.open(`${world.issuer}/announcements/${await world.idOf('first')}`);
    await nurse.open(`${world.issuer}/events`);
    expect(await badge(nurse)).toBe('2 則新公告');
  });
});
