import type { Locale } from '#kit/http/locale.ts';
import type { FieldError } from '#templates/views.ts';
import type { Manifest } from './manifest.ts';
import type { Subsystem, SubsystemChoice } from './types.ts';

/** A form as far as this step asks. */
interface Fields {
  all(name: string): string[];
}

const MAX_TEXT = 200;

/** The duties of a subsystem that people of this kind of unit may have. */
export function dutiesFor(manifest: Manifest, unitKind: string): Manifest['duties'] {
  return manifest.duties.filter(({ unitKinds }) => unitKinds.length === 0 || unitKinds.includes(unitKind));
}

/** The subsystems that have something to do for this kind of unit. */
export function offeredSubsystems(subsystems: Subsystem[], unitKind: string): Subsystem[] {
  return subsystems.filter(({ manifest }) => dutiesFor(manifest, unitKind).length > 0);
}

/** What was ticked, as it stands on the form; menu roles count only for the duty chosen. */
export function readChoices(form: Fields, offered: Subsystem[]): SubsystemChoice[] {
  const ticked = form.all('subsystem');
  return offered
    .filter(({ code }) => ticked.includes(code))
    .map(({ code, manifest }) => {
      const one = (name: string): string => form.all(`${code}.${name}`)[0] ?? '';
      const duty = one('duty');
      return {
        code,
        role: one('role'),
        duty,
        menuRoles: form.all(`${code}.menu.${duty}`),
        fields: Object.fromEntries(
          manifest.applicationFields.map(({ name }): [string, string[]] => [
            name,
            form
              .all(`${code}.field.${name}`)
              .map((value) => value.replaceAll(/\p{C}/gu, '').trim().slice(0, MAX_TEXT))
              .filter((value) => value !== ''),
          ]),
        ),
      };
    });
}

/** P-17: everything missing, and everything no manifest offers to this unit: that is no slip of the pen. */
export function choiceErrors(
  choices: SubsystemChoice[],
  offered: Subsystem[],
  unitKind: string,
  locale: Locale,
): { errors: FieldError[]; tampered: boolean } {
  const errors: FieldError[] = [];
  let tampered = false;
  for (const choice of choices) {
    const manifest = offered.find(({ code }) => code === choice.code)?.manifest;
    if (!manifest) {
      tampered = true;
      continue;
    }
    const params = { system: manifest.shortName[locale] };
    const missing = (field: string, key: string): void => {
      errors.push({ field: `${choice.code}-${field}`, key: `enrollment.${key}`, params });
    };
    if (choice.role === '') missing('role', 'choice-role-required');
    else tampered ||= !manifest.roles.some(({ code }) => code === choice.role);
    const duty = dutiesFor(manifest, unitKind).find(({ code }) => code === choice.duty);
    if (choice.duty === '') missing('duty', 'choice-duty-required');
    else if (!duty) tampered = true;
    else if (duty.menuRoles.length > 0 && choice.menuRoles.length === 0) {
      missing('duty', 'choice-menu-required');
    }
    tampered ||= choice.menuRoles.some((role) => !duty?.menuRoles.includes(role));
    for (const field of manifest.applicationFields) {
      const values = choice.fields[field.name] ?? [];
      if (field.required && values.length === 0) missing(`field-${field.name}`, 'choice-field-required');
      if (field.type === 'text') continue;
      tampered ||= values.some((value) => !field.options.some((option) => option.value === value));
    }
  }
  return { errors, tampered };
}
