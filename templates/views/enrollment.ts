/** The pages on which somebody without an account asks for one, and sees how that stands. */
import type { FieldError, PasswordRules } from '../views.ts';
import type { UnitPicker } from './access-requests.ts';
import type { CardDialogView } from './card.ts';

export interface Option {
  value: string;
  label: string;
  selected: boolean;
}

interface Captcha {
  captchaImageUrl: string;
  captchaAudioUrl: string;
  /** Posting the form here draws a new captcha. */
  newCaptchaUrl: string;
}

/** Where one is among the steps. Those done already have an address. */
export type FlowSteps = { key: string; state: 'done' | 'current' | 'open'; url: string }[];

interface Step {
  steps: FlowSteps;
  action: string;
  errors: FieldError[];
}

interface Fact {
  key: string;
  value: string;
  /** The institution that says so. */
  source?: string;
}

/** The sign-in at an institution that an application was begun with. */
interface Institution {
  name: string;
  /** A locale key. */
  key: string;
  standing: 'good' | 'over' | 'disabled' | 'not_vouched' | 'taken';
  until?: Date;
}

/** The form's part for one subsystem. */
export interface ChoiceForm {
  code: string;
  name: string;
  /** 1 to 8. */
  colour: number;
  roles: Option[];
  duties: (Option & { menuRoles: Option[] })[];
  fields: {
    name: string;
    label: string;
    type: string;
    text: string;
    options: Option[];
    required: boolean;
  }[];
}

export interface EnrollmentViews {
  'idp/enrollment': {
    beginUrl: string;
    /** Managers may show the institution's card. */
    takesCards: boolean;
    signInUrl: string;
    progressUrl: string;
    /** What was begun in this browser and not sent. */
    resume?: { url: string; unit: string; updatedAt: Date; discardUrl: string; returned: boolean };
  };
  'idp/enrollment-unit': Step & { picker: UnitPicker };
  'idp/enrollment-role': Step & {
    unit: string;
    roles: { value: string; key: string; hintKey: string; selected: boolean; refusal?: { key: string } }[];
  };
  'idp/enrollment-person': Step & {
    values: Record<string, string>;
    rules: PasswordRules;
    passwordKept: boolean;
    institution?: Institution;
    /** Field → the institution that filled it in. */
    provided: Record<string, string>;
  };
  'idp/enrollment-subsystems': Step & {
    unit: string;
    systems: (ChoiceForm & { selected: boolean })[];
  };
  'idp/enrollment-review': Step &
    Captcha & {
      sections: { key: string; url: string; facts: Fact[] }[];
      systems: { name: string; lines: string[] }[];
      systemsUrl: string;
      institution?: Institution;
    };
  'idp/enrollment-message': {
    /** Texts are `enrollment-message.<kind>-*`. */
    kind: 'sent' | 'confirm' | 'confirmed' | 'card' | 'expired' | 'doubled';
    form?: { action: string; token: string };
    /** Where the institution's card is shown. */
    cardUrl?: string;
    progressUrl: string;
  };
  'idp/enrollment-proof': Captcha & { action: string; errors: FieldError[]; account: string };
  'idp/enrollment-card': {
    unit: string;
    errors: FieldError[];
    /** None: only paper is left. */
    triesLeft: number;
    dialog?: CardDialogView;
    paperUrl: string;
    progressUrl: string;
  };
  'idp/enrollment-progress': {
    state: { key: string; kind: 'info' | 'success' | 'warning' | 'error' };
    reason: string;
    facts: Fact[];
    submittedAt: Date;
    reviewers: { name: string; phone: string; unit: string }[];
    history: { at: Date; key: string; reason: string }[];
    errors: FieldError[];
    /** Where the institution's card is asked for. */
    cardUrl: string;
    signInUrl: string;
    resendUrl: string;
    formUrl: string;
    scan?: { name: string; url: string; size: string };
    uploadUrl: string;
    correctUrl: string;
    withdrawUrl: string;
    leaveUrl: string;
  };
}
