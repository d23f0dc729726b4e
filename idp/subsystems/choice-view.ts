import type { Locale } from '#kit/http/locale.ts';
import type { ChoiceForm } from '#templates/views/enrollment.ts';
import { dutiesFor } from './choices.ts';
import type { Subsystem, SubsystemChoice } from './types.ts';

/** The form's part for one subsystem: roles, duties with their menu roles, the fields it asks for. */
export function choiceForm(
  { code, name, colour, manifest }: Subsystem,
  unitKind: string,
  choice: Omit<SubsystemChoice, 'code'> | undefined,
  locale: Locale,
): ChoiceForm {
  const labels = new Map(manifest.menuRoles.map((role) => [role.code, role.label[locale]]));
  return {
    code,
    name: name[locale],
    colour,
    roles: manifest.roles.map((role) => ({
      value: role.code,
      label: role.label[locale],
      selected: choice?.role === role.code,
    })),
    duties: dutiesFor(manifest, unitKind).map((duty) => ({
      value: duty.code,
      label: duty.label[locale],
      selected: choice?.duty === duty.code,
      menuRoles: duty.menuRoles.map((role) => ({
        value: role,
        label: labels.get(role) ?? role,
        selected: choice?.duty === duty.code && choice.menuRoles.includes(role),
      })),
    })),
    fields: manifest.applicationFields.map((field) => {
      const values = choice?.fields[field.name] ?? [];
      return {
        name: field.name,
        label: field.label[locale],
        type: field.type,
        text: values[0] ?? '',
        required: field.required,
        options: field.options.map(({ value, label }) => ({
          value,
          label: label[locale],
          selected: values.includes(value),
        })),
      };
    }),
  };
}

/** A choice in words: role, duty, menu roles, then the fields the subsystem asks for. */
export function choiceLines(choice: SubsystemChoice, { manifest }: Subsystem, locale: Locale): string[] {
  const role = manifest.roles.find(({ code }) => code === choice.role);
  const duty = manifest.duties.find(({ code }) => code === choice.duty);
  const menuRoles = manifest.menuRoles.filter(({ code }) => choice.menuRoles.includes(code));
  const fields = manifest.applicationFields.map((field) => {
    const values = (choice.fields[field.name] ?? []).map(
      (value) => field.options.find((option) => option.value === value)?.label[locale] ?? value,
    );
    return values.length === 0 ? '' : `${field.label[locale]}: ${values.join(', ')}`;
  });
  const lines = [role?.label[locale], duty?.label[locale], ...menuRoles.map(({ label }) => label[locale])];
  return [...lines, ...fields].filter((line) => line !== undefined && line !== '') as string[];
}
