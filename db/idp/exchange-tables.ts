export interface ExchangeCountTable {
  client_id: string;
  /** Minutes since 1970. */
  minute: number;
  shard: number;
  exchanges: number;
  expires_at: Date;
}

export interface ExchangeTables {
  exchange_count: ExchangeCountTable;
}
