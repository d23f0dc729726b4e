/** The status page: how the service is and was. */
import type { PageNotices } from './content.ts';

type State = 'working' | 'degraded' | 'down' | 'maintenance' | 'unknown';

export interface StatusViews {
  'idp/status': {
    overall: State;
    readAt: Date;
    /** Since when nothing new is known; undefined while it is. */
    awaySince: Date | undefined;
    components: {
      /** `sign_in`, `switching`, `mail`, `logout`. */
      key: string;
      state: State;
      /** Per cent with two decimals; '' when nothing was noted yet. */
      availability: string;
      /** Bars from left to right, the oldest first; `x`, `y` and `height` in the drawing's units. */
      bars: { x: number; y: number; height: number; state: State; label: string }[];
    }[];
    /** The same as words, the newest day first; `minutes` 0 where they say nothing. */
    days: { day: string; cells: { state: State; minutes: number }[] }[];
    subsystems: { name: string; state: State; mark: string }[];
    windows: PageNotices['windows'];
  };
}
