import type { ColumnType } from 'kysely';

type Count = ColumnType<number, number | undefined, number>;

interface Counts {
  working: Count;
  degraded: Count;
  down: Count;
  maintenance: Count;
}

export interface ServiceMinuteTable extends Counts {
  minute: ColumnType<Date, Date | string, never>;
  component: string;
}

export interface ServiceDayTable extends Counts {
  day: ColumnType<never, string, string>;
  component: string;
}

export interface StatusTables {
  service_minute: ServiceMinuteTable;
  service_day: ServiceDayTable;
}
