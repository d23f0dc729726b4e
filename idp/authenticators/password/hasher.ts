import { availableParallelism } from 'node:os';
import type { Log } from '#kit/log.ts';
import { countWorkers } from '#kit/processes/worker.ts';
import { randomToken } from '#kit/random.ts';
import type { HashCost } from './hash-job.ts';
import { HashProcess, type HashState } from './hash-process.ts';
import { isWeaker } from './phc.ts';
import { Turns } from './turns.ts';

export interface PasswordHasher {
  /** argon2id in PHC form, which carries its own parameters. @throws Fault service_busy */
  hash(password: string): Promise<string>;
  /**
   * Whether `password` made `hash`. Without a hash the same work is done on one that nothing matches, so that
   * an unknown account takes as long as a known one. @throws Fault service_busy
   */
  verify(hash: string | undefined, password: string): Promise<boolean>;
  /**
   * Runs what leads to a password's being looked at, everything before it included, when it is its turn: of a crowd
   * only so many are at the database at once as keep the hashing busy. @throws Fault service_busy before any of it
   */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Whether `hash` was made at a lower cost than today's. */
  needsRehash(hash: string): boolean;
  readonly state: HashState;
  stop(): Promise<void>;
}

const lanesOn = (cores: number): number => Math.max(1, Math.ceil(cores / countWorkers()));
/** Few people use what is free. */
const LANES = lanesOn(availableParallelism());
/** A crowd leaves a core to everybody else: its last one comes in a little later, all others much sooner. */
const LANES_IN_CROWD = lanesOn(availableParallelism() - 1);
/** So many in line are a crowd. */
const CROWD_PER_LANE = 3;
const QUEUED_PER_LANE = 25;
/** Seven seconds or so at the lowest cost: waiting in line is kinder than being sent away. */
const TURNS_WAITING_PER_LANE = 200;
/** While one is hashed, another reads what comes before its own or writes what came of it. */
const TURNS_PER_LANE = 2;

/** Starts the hashing process and warms it up; workers behind one port share the cores. Unicode forms are unified (NFC) before hashing. */
export async function createPasswordHasher(
  cost: HashCost,
  log: Log,
  queueLimit = LANES_IN_CROWD * QUEUED_PER_LANE,
): Promise<PasswordHasher> {
  const turns = new Turns({
    atOnce: LANES * TURNS_PER_LANE,
    atOnceInCrowd: LANES_IN_CROWD * TURNS_PER_LANE,
    crowd: LANES * CROWD_PER_LANE,
    queueLimit: LANES_IN_CROWD * TURNS_WAITING_PER_LANE,
  });
  const process = new HashProcess({
    lanes: LANES,
    lanesNow: () => (turns.isCrowded ? LANES_IN_CROWD : LANES),
    queueLimit,
    onRestart: (exitCode) => log.warn({ exitCode }, 'the password hashing process ended and is replaced'),
  });
  const hash = async (password: string): Promise<string> => {
    const answer = await process.run({ password: password.normalize('NFC'), cost });
    return answer.hash ?? '';
  };
  const nobodys = await hash(randomToken());

  return {
    hash,
    async verify(stored, password) {
      const job = { password: password.normalize('NFC'), hash: stored ?? nobodys, cost };
      const { matches } = await process.run(job);
      return matches === true && stored !== undefined;
    },
    needsRehash: (stored) => isWeaker(stored, cost),
    inTurn: (work) => turns.take(work),
    get state() {
      const { state } = process;
      return {
        ...state,
        waiting: state.waiting + turns.state.waiting,
        waitSeconds: state.waitSeconds + turns.state.waitSeconds,
        refused: state.refused + turns.state.refused,
      };
    },
    stop: () => process.stop(),
  };
}
