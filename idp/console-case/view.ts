import type { CaseField, ConsoleCaseViews } from '#templates/views/console-case.ts';

type CaseView = ConsoleCaseViews['idp/console-case'];

/** One thing as its page shows it; what is not given is left out. */
export function caseView(area: string, parts: Partial<CaseView> = {}): CaseView {
  return {
    ...{ area, params: {}, facts: [], text: '', changes: [], bars: [], lines: [] },
    ...{ history: [], forms: [], errors: [], links: [] },
    ...parts,
  };
}

/** A field of a form on such a page: a required line of text unless said otherwise. */
export function caseField(name: string, key: string, parts: Partial<CaseField> = {}): CaseField {
  return { name, key, kind: 'text', value: '', required: true, hint: undefined, options: [], ...parts };
}

/** The choices of a field, each named by a text. */
export function options(
  values: readonly string[],
  chosen: string,
  label: (value: string) => string,
): CaseField['options'] {
  return values.map((value) => ({ value, label: label(value), selected: value === chosen }));
}
