/** What people may do while a window is open: everything, only look, or nothing. */
export type MaintenanceMode = 'advice' | 'read_only' | 'closed';

/** Time set aside for maintenance: once from a moment, or weekly. */
export interface MaintenanceWindow {
  slug: string;
  /** Undefined: the portal itself. */
  subsystemCode: string | undefined;
  mode: MaintenanceMode;
  reason: string;
  reasonEn: string;
  when: { startsAt: Date } | { weekday: number; minuteOfDay: number };
  durationMinutes: number;
  /** How long before its start it is announced. */
  announceMinutes: number;
  validFrom: Date | undefined;
  validUntil: Date | undefined;
}

/** One opening of a window, announced or under way. */
export interface Occurrence {
  window: MaintenanceWindow;
  startsAt: Date;
  endsAt: Date;
  isRunning: boolean;
}

/** A line above the page. */
export interface Notice {
  slug: string;
  text: string;
  textEn: string;
  url: string | undefined;
  startsAt: Date;
  endsAt: Date | undefined;
}
