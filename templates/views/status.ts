/** The status page: how the service is and was. */
import type { PageNotices } from './content.ts';

type State = 'working' | 'degraded' | 'down' | 'maintenance' | 'unknown';

export interface StatusViews {
  'idp/status': {
    tone: State;
    readAt: Date;
    /** Since when nothing new is known; undefined while it is. */
    awaySince: Date | undefined;
    components: {
      /** `sign_in`, `switching`, `mail`, `logout`. */
      key: string;
      tone: State;
      /** Per cent with two decimals; '' when nothing was noted yet. */
      availability: string;
      /** Bars from left to right, the oldest first; `x`, `y` and `height` in the drawing's units. */
      bars: { x: number; y: number; height: number; tone: State; label: string }[];
    }[];
    /** The same as words, the newest day first; `minutes` 0 where they say nothing. */
    days: { day: string; cells: { tone: State; minutes: number }[] }[];
    subsystems: { name: string; tone: State; markKey: string }[];
    windows: PageNotices['windows'];
  };
}
