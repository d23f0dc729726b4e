import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openCardVerifier } from '#idp/authenticators/index.ts';
import { readConfig } from '#idp/config.ts';
import { openVirtualCards } from '#idp/virtual-cards/index.ts';
import { startIdpWorld } from '../support/idp-world.ts';

/* Virtual cards exist in the demo alone: refused by configuration everywhere else. */

const SETTINGS = {
  IDP_DATABASE_URL: 'postgres://localhost/idp',
  IDP_MASTER_KEYS: Buffer.alloc(32, 7).toString('base64'),
  IDP_HCA_VIRTUAL_CARDS: '/nowhere',
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'virtual-cards-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('P-14: refused outside the demo, and so in production', () => {
  expect(() => readConfig(SETTINGS)).toThrow('IDP_HCA_VIRTUAL_CARDS: only in the demo');
  const production = {
    NODE_ENV: 'production',
    IDP_ISSUER: 'https://idp.example',
    MAIL_URL: 'smtp://mail.example',
  };
  expect(() => readConfig({ ...SETTINGS, ...production })).toThrow('only in the demo');
  expect(() => readConfig({ ...SETTINGS, ...production, IDP_DEMO: '1' })).toThrow('IDP_DEMO');
  expect(readConfig({ ...SETTINGS, IDP_DEMO: '1' }).virtualCards).toBe('/nowhere');
});

test('P-14: without anchors no card is taken; an anchor that is no certificate stops the start', () => {
  const { cards } = readConfig({ ...SETTINGS, IDP_DEMO: '1' });
  expect(openCardVerifier(cards)).toBeUndefined();
  const file = path.join(folder, 'no.pem');
  writeFileSync(file, 'no certificate');
  expect(() => openCardVerifier({ ...cards, anchors: [file] })).toThrow('is no certificate');
  expect(() => openCardVerifier({ ...cards, anchors: [path.join(folder, 'gone.pem')] })).toThrow(
    'cannot be read',
  );
  const wrong = { ...SETTINGS, IDP_DEMO: '1', IDP_HCA_UNIT_SOURCES: 'subject:OU' };
  expect(() => readConfig(wrong)).toThrow('IDP_HCA_UNIT_SOURCES');
});

test('each data folder has an authority of its own, made once, readable by its owner', async () => {
  const clock = (): Date => new Date();
  const open = (name: string) =>
    openVirtualCards({ folder: path.join(folder, name), issuer: 'http://localhost:3000', clock });
  const [one, same] = await Promise.all([open('a'), open('a')]);
  const other = await open('b');
  expect(one.anchor.equals(same.anchor)).toBe(true);
  expect(one.anchor.equals(other.anchor)).toBe(false);
  const file = path.join(folder, 'a', 'virtual-cards.json');
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(readFileSync(file, 'utf8')).toContain('"cardKey"');
  const nobody = () => Promise.resolve(undefined);
  const message = Buffer.from('message');
  const [first, second] = await Promise.all(
    [one, same].map((each) => each.sign('unit:9876543210', message, nobody)),
  );
  expect(first).toEqual(second);
  for (const value of ['', 'unit:', 'other:1', 'unit:<b>', `unit:${'1'.repeat(65)}`]) {
    expect(await one.sign(value, message, nobody)).toBeUndefined();
  }
});

test('a start without them has neither their signatures nor their authority', async () => {
  const world = await startIdpWorld();
  const post = (address: string) =>
    fetch(`${world.issuer}/demo/virtual-cards/${address}`, {
      method: 'POST',
      headers: { origin: world.issuer },
    });
  expect((await post('signature')).status).toBe(404);
  expect((await post('ocsp')).status).toBe(404);
  await world.stop();
});
