/** The tables of this area, step by step; once released none is ever edited. */
export const schema = {
  '0001': `
create table gbs_specimen (
  record_id uuid primary key references record on delete cascade,
  sample_date date,
  gest_days integer check (gest_days between 154 and 300),
  early_reason text check (early_reason in ('preterm_admission', 'other')),
  sites text[],
  lab_unit text,
  citizen_basis text check (citizen_basis in ('citizen', 'spouse')),
  low_income boolean,
  charge_amount integer check (charge_amount between 0 and 3000)
);
create table gbs_result (
  record_id uuid primary key references record on delete cascade,
  result text check (result in ('negative', 'positive', 'rejected')),
  report_date date,
  method text check (method in ('culture', 'pcr')),
  susceptibility text[],
  lab_tech text
);
create index gbs_result_positive on gbs_result (record_id) where result = 'positive';
create table gbs_positive (
  record_id uuid primary key references record on delete cascade,
  followed_on date,
  intrapartum_antibiotic text check (intrapartum_antibiotic in ('yes', 'no', 'caesarean', 'unknown')),
  delivery_date date,
  newborn_outcome text check (newborn_outcome in ('healthy', 'suspected', 'early_onset')),
  note text
);
`,
  '0002': `
select begin_awaiting('gbs-specimen', 'gbs-result');
`,
  '0003': `
-- Positive results nobody has followed up.
create view gbs_waiting as
select r.id as record_id, r.patient_id, r.service_on from record r join gbs_result g on g.record_id = r.id
where r.kind = 'gbs-result' and g.result = 'positive' and not exists (
  select from record follow where follow.parent_id = r.id and follow.kind = 'gbs-positive' and follow.state <> 'draft');
insert into record_waiting_rule values ('gbs-positive', 'gbs_waiting', '{gbs-result,gbs-positive}');
`,
} as const;
