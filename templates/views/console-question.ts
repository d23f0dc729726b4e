/** Forms of the console told as data: fields in groups, what stands around them, what changed meanwhile. */
import type { FieldError } from '../views.ts';
import type { Change, Fact } from './console.ts';

export interface FormField {
  name: string;
  /** A locale key. */
  key: string;
  kind: 'text' | 'email' | 'tel' | 'date' | 'select' | 'checkbox' | 'textarea';
  value: string;
  /** A locale key. */
  hintKey?: string;
  required?: boolean;
  maxlength?: number;
  autocomplete?: string;
  options?: { value: string; label: string; selected: boolean; disabled?: boolean }[];
  /** Ticked, for a checkbox. */
  checked?: boolean;
}

export interface ConsoleQuestionViews {
  'idp/console-form': {
    /** Texts: `<area>.title`, `.lead`, `.confirm`. */
    area: string;
    params: Record<string, string | number>;
    action: string;
    cancelUrl: string;
    facts: Fact[];
    /** What somebody else changed since the form was opened. */
    meanwhile: Change[];
    hidden: { name: string; value: string }[];
    groups: { key: string; fields: FormField[] }[];
    isDangerous: boolean;
    errors: FieldError[];
  };
}
