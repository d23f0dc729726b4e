import type pg from 'pg';

/**
 * Listens on PostgreSQL channels over a connection of its own and reconnects when it is lost; whoever relies on
 * it also polls, so a message lost meanwhile only comes later.
 * @param connect opens the connection
 * @param onMessage told of each message, and once with each channel after a reconnection
 * @returns a function that ends it
 */
export async function listen(
  connect: () => Promise<pg.Client>,
  channels: string[],
  onMessage: (channel: string) => void,
): Promise<() => Promise<void>> {
  const RETRY_MS = 500;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  const open = async (): Promise<void> => {
    const opened = await connect();
    client = opened;
    opened.on('error', () => {}); // followed by 'end'
    opened.on('end', retry);
    opened.on('notification', (message) => onMessage(message.channel));
    for (const channel of channels) await opened.query(`listen ${channel}`);
  };
  const retry = (): void => {
    client = undefined;
    if (ended) return;
    timer = setTimeout(() => {
      open().then(() => channels.forEach((channel) => onMessage(channel)), retry);
    }, RETRY_MS);
  };
  await open();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await client?.end();
  };
}
