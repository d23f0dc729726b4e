import type { ColumnType } from 'kysely';

export interface JobFenceTable {
  name: string;
  token: number;
}

export interface JobLeaseTable {
  name: string;
  token: number;
  holder: ColumnType<string, string | undefined, string>;
  taken_at: ColumnType<Date, Date | undefined, Date>;
  expires_at: ColumnType<Date, Date | undefined, Date>;
}

export interface FenceTables {
  job_fence: JobFenceTable;
  job_lease: JobLeaseTable;
}
