import { type Clock, MINUTE, after } from '#kit/clock.ts';
import { RegistrationRefused, asRefusal } from '../refusal.ts';

/** Decisions at once in this process; whoever comes then is told to come again. */
const MOST_AT_ONCE = 24;
const MOST_REFUSED = 2000;
const REFUSED_MS = MINUTE;

/**
 * Many who bring one thing wait for one decision; what was refused is refused for a minute without asking anybody, as
 * long as the same settings are in force.
 */
export function createTurns<T>(clock: Clock) {
  const underWay = new Map<string, Promise<T>>();
  const refused = new Map<string, { refusal: RegistrationRefused; until: Date }>();
  let inForce: object | undefined;

  const remember = (key: string, refusal: RegistrationRefused): void => {
    refused.delete(key);
    refused.set(key, { refusal, until: after(clock(), REFUSED_MS) });
    const [oldest] = refused.keys();
    if (refused.size > MOST_REFUSED && oldest !== undefined) refused.delete(oldest);
  };

  /** @throws RegistrationRefused */
  return async (key: string, settings: object, decide: () => Promise<T>): Promise<T> => {
    if (inForce !== settings) refused.clear();
    inForce = settings;
    const known = refused.get(key);
    if (known && known.until > clock()) throw known.refusal;
    const running = underWay.get(key);
    if (running) return running;
    if (underWay.size >= MOST_AT_ONCE) throw new RegistrationRefused('temporarily_unavailable', 'busy');
    const deciding = decide()
      .catch((error: unknown) => {
        const refusal = asRefusal(error);
        // that our own time ran out says nothing about it
        if (refusal.rule !== 'limits') remember(key, refusal);
        throw refusal;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, deciding);
    return deciding;
  };
}
