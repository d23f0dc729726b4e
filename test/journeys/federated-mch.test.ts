import { decodeJwt } from 'jose';
import type { AuthorityKey } from '#idp/federation/authority/index.ts';
import { signAs } from '../idp/federation-world.ts';
import { type ChainedMch, CONFIGURATION, startChainedMch } from '../support/chained-mch.ts';
import { eventually } from '../support/eventually.ts';
import { type Journey, createJourney, signIn } from '../support/journey.ts';

/* The MCH system joins by a chain of trust: the ministry's anchor, a county below it, MCH below that. */

const STATEMENT = 'entity-statement+jwt';
const NOT_ADMITTED = 'This system cannot use the single entry at the moment';

type Claims = Record<string, unknown>;

describe('the MCH system, a client by its chain of trust', () => {
  let own: ChainedMch;
  let nurse: Journey;
  beforeAll(async () => {
    own = await startChainedMch();
    await own.trust();
    await own.declare();
    nurse = createJourney({ locale: 'en' });
    await nurse.open(`${own.world.issuer}/sign-in`);
    await signIn(nurse, 'demo.nurse');
  });
  afterAll(() => own.stop());

  const enter = async () => {
    const page = await nurse.open(`${own.origin}/sign-in`);
    return page.url.pathname.startsWith('/interaction/') ? signIn(nurse, 'demo.nurse') : page;
  };

  it('stands for its subsystem by its chain alone: signs in from the portal, switches, is ended everywhere', async () => {
    await nurse.open(`${own.world.issuer}/`);
    const home = await nurse.submit(({ action }) =>
      action.endsWith('/accounts/P%4000000001P%40mbh_01/entry'),
    );
    expect([home.url.origin, home.status]).toEqual([own.origin, 200]);
    expect(home.text).toContain('示範醫院');
    const switched = await nurse.submit(
      ({ action, fields }) => action.endsWith('/account-switch') && (fields['account'] ?? '').endsWith('_02'),
    );
    expect([switched.url.origin, switched.status]).toEqual([own.origin, 200]);
    expect(switched.text).toContain('You are now acting as');

    // signed out everywhere at the portal, by logout tokens at MCH
    await nurse.open(`${own.world.issuer}/`);
    await nurse.submit(({ action }) => action.endsWith('/sign-out'));
    if (nurse.page()?.forms.some(({ buttons }) => buttons.some(({ value }) => value === 'yes')))
      await nurse.submit(
        ({ buttons }) => buttons.some(({ value }) => value === 'yes'),
        {},
        ({ value }) => value === 'yes',
      );
    await eventually(async () => {
      const acting = await fetch(`${own.origin}/acting`, {
        headers: { cookie: nurse.jar.header(new URL(own.origin)), accept: 'application/json' },
        redirect: 'manual',
      });
      expect(acting.status).not.toBe(200);
    });
    await nurse.open(`${own.world.issuer}/sign-in`);
    await signIn(nurse, 'demo.nurse');
  });

  it('uses the directory API in its own name, has its tokens introspected, passes the readiness check, and is shown', async () => {
    const [clientKey] = own.clientKeys.keys;
    const { issuer } = own.world;
    const post = async (path: string, form: Record<string, string>) => {
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: own.origin, sub: own.origin, aud: issuer, jti: crypto.randomUUID() };
      const key = { kid: String(clientKey?.kid), privateJwk: clientKey } as AuthorityKey;
      const body = new URLSearchParams({
        ...{ ...form, client_id: own.origin },
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await signAs(key, 'JWT', { ...claims, iat: now, exp: now + 60 }),
      });
      return (await fetch(issuer + path, { method: 'POST', body })).json() as Promise<Claims>;
    };
    const resource = `${issuer}/api/v1`;
    const granted = await post('/oidc/token', {
      ...{ grant_type: 'client_credentials', scope: 'accounts:read', resource },
    });
    expect(granted).toMatchObject({ token_type: 'Bearer', scope: 'accounts:read' });
    const token = String(granted['access_token']);
    const accounts = await fetch(`${resource}/subsystem-accounts`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect([accounts.status, await accounts.text()]).toEqual([
      200,
      expect.stringContaining('P@00000001P@mbh_01'),
    ]);
    const { access_token: opaque } = await post('/oidc/token', { grant_type: 'client_credentials' });
    expect(await post('/oidc/introspection', { token: String(opaque) })).toMatchObject({
      ...{ active: true, client_id: own.origin },
    });
    expect(await own.command('subsystems', 'check', 'mch')).toContain('mch: passed');
    const ops = createJourney({ locale: 'en' });
    await ops.open(`${issuer}/sign-in`);
    await signIn(ops, 'demo.ops');
    const shown = await ops.open(`${issuer}/console/subsystems/mch`);
    expect([shown.status, shown.text]).toEqual([200, expect.stringContaining(own.origin)]);
    const federation = await ops.open(`${issuer}/console/federation`);
    expect(federation.text).toContain(`${own.origin} The chain holds until`);
  }, 120_000);

  it('is refused when any one statement is expired, altered, unmarked or over-broad, and comes in again when it is mended', async () => {
    const { federation, origin } = own;
    const { anchorKey, countyKey } = federation.keys;
    const [federationKey] = own.federationKeys.keys;
    const leafKey = { kid: String(federationKey?.kid), privateJwk: federationKey } as AuthorityKey;
    const about = (superior: string, sub: string) => `${superior}/fetch?sub=${encodeURIComponent(sub)}`;
    const read = async (url: string): Promise<string> => (await fetch(url)).text();
    const past = { iat: Math.floor(Date.now() / 1000) - 600, exp: Math.floor(Date.now() / 1000) - 1 };
    const alter = (token: string): string => `${token.slice(0, -8)}AAAAAAAA`;

    const statements = {
      leaf: { url: `${origin}${CONFIGURATION}`, key: leafKey, name: origin },
      county: {
        url: about(federation.county, origin),
        key: countyKey,
        name: `${federation.county} → ${origin}`,
      },
      ministry: {
        url: about(federation.anchor, federation.county),
        key: anchorKey,
        name: `${federation.anchor} → ${federation.county}`,
      },
      anchor: { url: `${federation.anchor}${CONFIGURATION}`, key: anchorKey, name: federation.anchor },
    };
    type Which = keyof typeof statements;
    const told = new Map<Which, string>();
    for (const which of Object.keys(statements) as Which[])
      told.set(which, await read(statements[which].url));
    const answer = (which: Which, token?: string): void =>
      which === 'leaf' ? own.say(token) : federation.answer(statements[which].url, token);
    const say = (which: Which, token: string) => (): (() => void) => {
      answer(which, token);
      return () => answer(which);
    };
    const changed = async (which: Which, more: Claims) =>
      say(
        which,
        await signAs(statements[which].key, STATEMENT, { ...decodeJwt(told.get(which) ?? ''), ...more }),
      );
    const policy = (parameter: string, operators: object) => ({
      metadata_policy: { openid_relying_party: { [parameter]: operators } },
    });
    const leafMetadata = decodeJwt(told.get('leaf') ?? '')['metadata'] as Record<string, Claims>;
    const broader = (more: Claims) => ({
      metadata: {
        ...leafMetadata,
        openid_relying_party: { ...leafMetadata['openid_relying_party'], ...more },
      },
    });
    const marked = (subjects: string[]): void =>
      federation.change('ministry', { trustMarks: [{ type: federation.mark, subjects }] });
    const unmark = () => {
      marked([]);
      return () => marked([origin]);
    };

    type Row = [name: string, damage: () => () => void, story: string];
    const rows: Row[] = [
      ...(await Promise.all(
        (Object.keys(statements) as Which[]).flatMap((which): Promise<Row>[] => [
          changed(which, past).then((damage): Row => [
            `${which}: expired`,
            damage,
            `expired ${statements[which].name}`,
          ]),
          Promise.resolve([
            `${which}: altered`,
            say(which, alter(told.get(which) ?? '')),
            `signature ${statements[which].name}`,
          ]),
        ]),
      )),
      ['it shows no mark', await changed('leaf', { trust_marks: undefined }), 'invalid_trust_chain'],
      ['its mark was taken back', unmark, 'invalid_trust_chain'],
      [
        'another address for logout tokens',
        await changed('leaf', broader({ backchannel_logout_uri: `${origin}/elsewhere` })),
        'invalid_metadata backchannel_logout_uri',
      ],
      [
        'more than its manifest: an address',
        await changed('leaf', broader({ redirect_uris: [`${origin}/callback`, `${origin}/elsewhere`] })),
        'invalid_metadata redirect_uris',
      ],
      [
        'a way to sign in that the county does not let',
        await changed('county', policy('token_endpoint_auth_method', { one_of: ['tls_client_auth'] })),
        'policy ',
      ],
      [
        'a scope that the ministry cuts',
        await changed('ministry', policy('scope', { subset_of: ['openid'] })),
        '',
      ],
    ];

    const failureOf = async (): Promise<string> =>
      (
        await own.db
          .selectFrom('federation_client')
          .select('failure')
          .where('client_id', '=', origin)
          .executeTakeFirst()
      )?.failure ?? '';
    const outcomes: string[][] = [];
    for (const [name, damage, story] of rows) {
      const repair = damage();
      await own.forget();
      await own.end();
      let refused = await enter();
      await eventually(async () => {
        if (refused.status !== 502) refused = await enter();
        expect(refused.status).not.toBe(500);
        expect([name, refused.status]).toEqual([name, 502]);
      });
      const failure = await failureOf();
      outcomes.push([
        name,
        refused.url.origin,
        refused.text.includes(NOT_ADMITTED)
          ? NOT_ADMITTED
          : `${refused.status} ${refused.text.slice(0, 200)}`,
        failure.startsWith(story) ? story : failure,
      ]);
      repair();
      await own.forget();
      await own.end();
      await eventually(async () => {
        const back = await enter();
        expect([name, back.url.origin, back.status]).toEqual([name, origin, 200]);
      });
      expect([name, await failureOf()]).toEqual([name, '']);
    }
    expect(own.world.idp[0]?.output()).toContain(`"entity":"${origin}","rule":"expired"`);
    expect(own.mch.output()).toContain('invalid_trust_chain: the chain of trust does not hold: expired');
    expect(outcomes).toEqual(rows.map(([name, , story]) => [name, origin, NOT_ADMITTED, story]));
  }, 240_000);
});
