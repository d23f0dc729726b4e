/** One subsystem account with the access it is given (P-51). */
import type { FieldError } from '../views.ts';
import type { Change, Fact } from './console.ts';

interface Option {
  value: string;
  label: string;
  selected: boolean;
  disabled: boolean;
}

export interface ConsoleRightsViews {
  'idp/console-rights': {
    id: string;
    facts: Fact[];
    /** Why the caller may only look, as a locale key; '' when they may change it. */
    lookOnlyKey: string;
    action: string;
    cancelUrl: string;
    was: string;
    meanwhile: Change[];
    quota: { key: string; used: number; limit: number };
    roles: Option[];
    duties: Option[];
    /** Menu roles by the duty they belong to. */
    menus: { duty: string; label: string; roles: Option[] }[];
    statuses: Option[];
    reason: string;
    errors: FieldError[];
  };
}
