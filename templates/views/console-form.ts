/** A form of the console told as data, with a preview of what it makes. */
import type { Block } from '#kit/plain-text.ts';
import type { FieldError } from '../views.ts';
import type { Change } from './console.ts';

export interface FormField {
  name: string;
  /** Locale keys; '' without a hint. */
  key: string;
  hintKey: string;
  kind: 'line' | 'text' | 'moment' | 'day' | 'time' | 'number' | 'yes' | 'choice' | 'choices' | 'codes';
  value: string;
  required: boolean;
  max: number;
  options: { value: string; label: string; selected: boolean }[];
}

export interface ConsoleFormViews {
  'idp/console-content': {
    title: string;
    action: string;
    previewAction: string;
    cancelUrl: string;
    removalUrl: string;
    version: string;
    fields: FormField[];
    errors: FieldError[];
    /** What somebody else changed since the form was opened. */
    conflict: Change[];
    preview: { lang: string; title: string; blocks: Block[] }[];
    /** `one`: the file goes with the form; `many`: files are attached apart from it; `none`. */
    files: 'none' | 'one' | 'many';
    attached: { name: string; sizeBytes: number; removalAction: string }[];
    attachAction: string;
    fileErrorKey: string;
  };
}
