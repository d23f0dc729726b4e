/** People's rights to their own data. */
import type { FieldError } from '../views.ts';

export interface DataRightsViews {
  'idp/data-rights': {
    copyUrl: string;
    /** The copy holds the whole national ID number now; else `freshUrl` signs in once more for it. */
    isWhole: boolean;
    freshUrl: string;
    /** Texts are `data-rights.kind-<kind>` and `.what-<kind>`. */
    kinds: { kind: string; days: number; selected: boolean }[];
    grounds: { key: string }[];
    action: string;
    wish: string;
    maxWish: number;
    errors: FieldError[];
    requests: {
      kind: string;
      wish: string;
      status: { key: string };
      isOpen: boolean;
      isLate: boolean;
      requestedAt: Date;
      dueAt: Date;
      extendedBecause: string;
      /** Its key is '' when there is none. */
      ground: { key: string };
      note: string;
      withdrawal: string;
    }[];
  };
}
