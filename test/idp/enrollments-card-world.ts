import type { CardAnswer, CardChallenge } from '#idp/authenticators/index.ts';
import { type Card, type HcaWorld, startHca } from '../support/hca.ts';
import { answerOf, openVerifier } from '../support/hca-verifier.ts';
import { type Answer, type Applicant, apply, createApplicant } from './enrollments-applicant.ts';
import { STATION, type World, openWorld } from './enrollments-world.ts';

export const CARD = '/enrollment-progress/card';

/** Applications where cards are taken, and a health station's card. */
export interface CardWorld {
  world: World;
  hca: HcaWorld;
  clinic: Card;
  /** An applicant whose card is asked for now. */
  waiting(): Promise<{ applicant: Applicant; id: string }>;
  show(applicant: Applicant, card: Card): Promise<Answer>;
  find(
    id: string,
  ): Promise<{ status: string; hca_failures: number; unit_code: string | null; paper: string | null }>;
  accountsOf(
    applicant: Applicant,
  ): Promise<{ id: string; status: string; role: string; unit_code: string }[]>;
  /** After each test: the unit takes two managers, and each opens its own. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function openCardWorld(): Promise<CardWorld> {
  const world = await openWorld();
  const { db } = world.database;
  const hca = await startHca(() => world.now.at);
  world.services.cards = openVerifier(hca);
  return {
    world,
    hca,
    clinic: await hca.institution(STATION),
    async waiting() {
      const applicant = createApplicant(world);
      return { applicant, id: await apply(world, applicant, 'unit_manager', STATION) };
    },
    show: async (applicant, card) => applicant.post(CARD, signed(card, await challengeOf(applicant))),
    find: (id) => db.selectFrom('enrollment').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    accountsOf: ({ person }) =>
      db.selectFrom('account').selectAll().where('login_name', '=', person.login_name).execute(),
    async reset() {
      hca.reset();
      await db.updateTable('account').set({ status: 'disabled' }).where('unit_code', '=', STATION).execute();
    },
    async close() {
      await hca.close();
      await world.close();
    },
  };
}

export async function challengeOf(applicant: Applicant): Promise<CardChallenge> {
  const answer = await applicant.ask(`${CARD}-challenge`, { method: 'POST' });
  if (answer.status !== 200) throw new Error(`no challenge: ${answer.status}`);
  return JSON.parse(answer.html) as CardChallenge;
}

/** The fields of an answer. */
export function fields({ nonce, certificate, signature, cms }: CardAnswer) {
  return { nonce, certificate, signature, cms };
}

/** What the card makes of a challenge. */
export function signed(card: Card, { nonce, message }: CardChallenge) {
  return fields(answerOf(card, Buffer.from(message, 'base64'), nonce));
}
