import pg from 'pg';
import { NoAnswer, NotPrimary } from './failures.ts';

const ASK_MS = 1000;
/** Between two fruitless searches: a crowd of requests does not become a crowd of searches. */
const PAUSE_MS = 250;
const OUTDATED_MS = 3000;

/** A server tells whether it is a standby, and of a primary the timeline: each promotion begins a higher one. */
const WHO_ARE_YOU = `
  select pg_is_in_recovery() as standby,
    case when not pg_is_in_recovery()
      then ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int end as timeline`;

interface Answer {
  standby: boolean;
  timeline: number | null;
}

/**
 * The servers of one database of which one is the primary at a time. Only that one is ever used: a standby lags
 * behind, and an old primary that comes back after a failover would accept what is lost later. It is known by its
 * timeline, which is lower than one seen before.
 */
export class Servers {
  readonly urls: readonly string[];
  readonly #onMoved: (url: string) => void;
  #current: string;
  #timeline = 0;
  #search: Promise<'moved' | 'same' | 'none'> | undefined;
  #fruitlessAt = -Infinity;
  #askedAt = -Infinity;

  /**
   * @param url `postgres://user:password@first:5432,second:5432/name?…`; one host is fine
   * @param onMoved told when another server turned out to be the primary
   */
  constructor(url: string, onMoved: (url: string) => void) {
    this.urls = splitHosts(url);
    this.#current = this.urls[0] ?? url;
    this.#onMoved = onMoved;
  }

  /** Where to connect. */
  get current(): string {
    return this.#current;
  }

  get several(): boolean {
    return this.urls.length > 1;
  }

  /**
   * Several servers that were not asked lately: while nothing was sent another may have become the primary, and the
   * one in use come back as if it still were.
   */
  get outdated(): boolean {
    return this.several && performance.now() - this.#askedAt > OUTDATED_MS;
  }

  /** Asks a connected server what it is. @throws NotPrimary */
  async check(client: pg.ClientBase): Promise<void> {
    const { standby, timeline } = await ask(client);
    if (standby) throw new NotPrimary('the server is a standby');
    if ((timeline ?? 0) < this.#timeline) throw new NotPrimary('the server was replaced by another primary');
    this.#timeline = timeline ?? 0;
  }

  /** Asks all servers, once however many callers wait, and turns to the primary of the highest timeline. */
  search(): Promise<'moved' | 'same' | 'none'> {
    if (performance.now() - this.#fruitlessAt < PAUSE_MS) return Promise.resolve('none');
    this.#search ??= this.#askAll().finally(() => (this.#search = undefined));
    return this.#search;
  }

  async #askAll(): Promise<'moved' | 'same' | 'none'> {
    const answers = await Promise.all(this.urls.map(askAt));
    this.#askedAt = performance.now();
    const primaries = answers.filter(({ timeline }) => timeline >= Math.max(this.#timeline, 1));
    const highest = Math.max(...primaries.map(({ timeline }) => timeline));
    const best = primaries.filter(({ timeline }) => timeline === highest);
    const [found] = [...best.filter(({ url }) => url === this.#current), ...best];
    if (!found) {
      this.#fruitlessAt = performance.now();
      return 'none';
    }
    this.#timeline = found.timeline;
    if (found.url === this.#current) return 'same';
    this.#current = found.url;
    this.#onMoved(found.url);
    return 'moved';
  }
}

/** The URL of the primary among the hosts of `url`; the first when none answers. */
export async function primaryOf(url: string): Promise<string> {
  const servers = new Servers(url, () => {});
  if (servers.several) await servers.search();
  return servers.current;
}

async function ask(client: pg.ClientBase): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new NoAnswer('the server does not say whether it is the primary')),
      ASK_MS,
    );
  });
  try {
    const { rows } = await Promise.race([client.query<Answer>(WHO_ARE_YOU), late]);
    return rows[0] ?? { standby: true, timeline: null };
  } finally {
    clearTimeout(timer);
  }
}

async function askAt(url: string): Promise<{ url: string; timeline: number }> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: ASK_MS });
  client.on('error', () => {}); // the question fails with it
  try {
    await client.connect();
    const { timeline } = await ask(client);
    return { url, timeline: timeline ?? 0 };
  } catch {
    return { url, timeline: 0 };
  } finally {
    client.connection.stream.destroy();
  }
}

/** One URL a host. */
function splitHosts(url: string): string[] {
  const parts = /^(\w+:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/s.exec(url);
  const [, start = '', hosts = '', rest = ''] = parts ?? [];
  return hosts.includes(',') ? hosts.split(',').map((host) => start + host.trim() + rest) : [url];
}
