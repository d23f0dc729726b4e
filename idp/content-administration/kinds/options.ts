import { translate } from '#templates/locales.ts';
import type { Choices, Option } from '../types.ts';

const all = ({ registry }: Choices) =>
  registry.list().flatMap(({ subsystem, active }) => (active && subsystem ? [subsystem] : []));

export function subsystems(choices: Choices): Option[] {
  return all(choices).map(({ code, name }) => ({ value: code, label: name[choices.locale] }));
}

export function duties(choices: Choices): Option[] {
  return labelled(choices, 'duties');
}

export function menuRoles(choices: Choices): Option[] {
  return labelled(choices, 'menuRoles');
}

export function states({ locale }: Choices): Option[] {
  return ['draft', 'released', 'archived'].map((value) => ({
    value,
    label: translate(locale, `console-content.state-${value}`),
  }));
}

/** Codes of every subsystem's manifest, each once, with the name of the first that has it. */
function labelled(choices: Choices, part: 'duties' | 'menuRoles'): Option[] {
  const labels = new Map<string, string>();
  for (const { manifest, shortName } of all(choices)) {
    for (const { code, label } of manifest[part]) {
      if (!labels.has(code)) labels.set(code, `${shortName[choices.locale]}: ${label[choices.locale]}`);
    }
  }
  return [...labels].map(([value, label]) => ({ value, label }));
}
