import { type Database, openDatabase } from '#db/handle.ts';
import type { IdpTables } from '#db/idp/tables.ts';
import type { MchTables } from '#db/mch/tables.ts';
import { type Journey, createJourney, signIn } from '../../support/journey.ts';
import { type World, startWorld } from '../../support/world.ts';

export const ACCOUNTS = {
  'demo.nurse': 'P@00000001P@mbh_01',
  'demo.manager': 'P@00000002P@mbh_01',
  'demo.bureau': 'P@00000003P@mbh_01',
  'demo.hpa': 'P@00000004P@mbh_01',
} as const;
export type Who = keyof typeof ACCOUNTS;

/** The MCH system beside the real single entry, with both databases at hand. */
export interface OfficeWorld {
  world: World;
  mch: string;
  idpDb: Database<IdpTables>['db'];
  mchDb: Database<MchTables>['db'];
  /** Somebody signed in at the MCH system; the same browser each time. */
  as(who: Who): Promise<Journey>;
  /** The next sign-in of this person is in another browser. */
  forget(who: Who): void;
  stop(): Promise<void>;
}

export async function startOffice(): Promise<OfficeWorld> {
  const world = await startWorld({ mch: true });
  const options = { connections: 2, applicationName: 'test', onConnectionLost: () => {} };
  const idp = openDatabase<IdpTables>({ url: world.databaseUrls.idp, ...options });
  const mch = openDatabase<MchTables>({ url: world.databaseUrls.mch, ...options });
  const journeys = new Map<Who, Journey>();
  return {
    world,
    mch: world.origins.mch,
    idpDb: idp.db,
    mchDb: mch.db,
    async as(who) {
      const known = journeys.get(who);
      if (known) return known;
      const journey = createJourney();
      await journey.open(`${world.origins.mch}/`);
      await signIn(journey, who, { account: ACCOUNTS[who] });
      journeys.set(who, journey);
      return journey;
    },
    forget: (who) => void journeys.delete(who),
    async stop() {
      await Promise.all([idp.close(), mch.close()]);
      await world.stop();
    },
  };
}
