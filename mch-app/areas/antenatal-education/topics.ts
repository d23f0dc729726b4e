/** What guidance of the first trimester speaks of. */
export const FIRST_TOPICS = [
  'genetic_tests',
  'miscarriage_signs',
  'nutrients',
  'substances',
  'discomforts',
  'mood',
  'safe_medicine',
  'violence',
] as const;

/** What guidance of the third trimester speaks of. */
export const THIRD_TOPICS = [
  'preterm_signs',
  'birth_options',
  'hazards',
  'labour_signs',
  'breastfeeding',
  'weight',
  'postpartum_mood',
  'family_planning',
] as const;
