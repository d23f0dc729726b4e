const HABIT = "text check (%s in ('never', 'quit', 'current'))";
const habit = (name: string): string => `${name} ${HABIT.replace('%s', name)}`;

/** The tables of this area, step by step; once released none is ever edited. */
export const schema = {
  '0001': `
create table edu_record (
  record_id uuid primary key references record on delete cascade,
  trimester text check (trimester in ('first', 'third')),
  service_date date,
  gest_days integer check (gest_days between 28 and 300),
  height_cm integer check (height_cm between 120 and 200),
  pre_preg_weight_kg numeric(5, 2) check (pre_preg_weight_kg between 30 and 200),
  weight_kg numeric(5, 2) check (weight_kg between 30 and 200),
  bp_sys integer check (bp_sys between 60 and 250),
  bp_dia integer check (bp_dia between 30 and 150),
  ${habit('smoking')},
  ${habit('second_hand_smoke')},
  ${habit('drinking')},
  ${habit('betel')},
  ${habit('drugs')},
  chronic text[],
  ob_history text[],
  mood_down boolean,
  mood_no_interest boolean,
  needs_first text[],
  needs_third text[],
  topics_first text[],
  topics_third text[],
  understanding text check (understanding in ('clear', 'partly', 'unclear')),
  referral text check (referral in ('none', 'high_risk_centre', 'mental', 'smoking', 'social', 'high_risk_programme')),
  provider_name text,
  provider_type text check (provider_type in ('physician', 'midwife', 'nurse')),
  remark text
);
create table edu_registration (
  record_id uuid primary key references record on delete cascade,
  visit_date date,
  visit_seq integer check (visit_seq between 1 and 30),
  special_approval_no text,
  gest_days integer check (gest_days between 28 and 300),
  nhi_order_code text,
  trimester text check (trimester in ('first', 'second', 'third')),
  edc date,
  source text check (source in ('import', 'manual')),
  duplicate_decision text check (duplicate_decision in ('keep', 'remove')),
  duplicate_reason text,
  check (visit_seq <= 14 or special_approval_no is not null)
);
create index edu_registration_guidance on edu_registration (record_id) where nhi_order_code is not null;
`,
  '0002': `
-- Visits that ask for guidance of their pregnancy and trimester nobody has uploaded.
create view edu_waiting as
select r.id as record_id, r.patient_id, r.service_on
from record r join edu_registration g on g.record_id = r.id
where r.kind = 'edu-registration' and r.state not in ('draft', 'rejected') and g.trimester in ('first', 'third')
  and not exists (
    select from record e where e.kind = 'edu-record' and e.state <> 'draft' and e.patient_id = r.patient_id
      and e.unique_key = g.trimester and coalesce(e.pregnancy_id, e.patient_id) = (
        select one.id from pregnancy one where one.mother_id = r.patient_id
          and (one.id = r.pregnancy_id
            or (r.pregnancy_id is null and r.service_on between one.edc - 280 and one.edc + 21))
        order by one.edc limit 1));
insert into record_waiting_rule values ('edu-record', 'edu_waiting', '{edu-registration,edu-record,pregnancy}');
`,
} as const;
