/** The tables of this area, step by step; once released none is ever edited. */
export const schema = {
  '0001': `
create table hr_intake (
  record_id uuid primary key references record on delete cascade,
  intake_date date,
  served text check (served in ('mother', 'newborn')),
  source text check (source in ('clinic', 'social', 'education', 'household', 'self', 'other')),
  criteria text[],
  other_reasons text[],
  enrolled boolean,
  consent boolean,
  consent_date date,
  assigned_unit text,
  case_manager text,
  not_enrolled_reason text,
  case_no text,
  settlement_id uuid references record
);
create index hr_intake_settlement on hr_intake (settlement_id) where settlement_id is not null;
-- What a case says of itself is worked out from everything written in it; its number never changes.
create table hr_case (
  record_id uuid primary key references record on delete cascade,
  opened_on date,
  case_no text unique,
  series text,
  seq integer,
  case_status text check (case_status in ('open', 'transferring', 'closed')),
  risk_level text check (risk_level in ('none', 'low', 'medium', 'high')),
  next_contact_on date,
  case_manager text,
  extended boolean,
  delivered_on date,
  limit_on date,
  closed_on date,
  unique (series, seq)
);
create index hr_case_due on hr_case (next_contact_on) where case_status <> 'closed';
create index hr_case_limit on hr_case (limit_on) where case_status <> 'closed';
create table hr_assessment (
  record_id uuid primary key references record on delete cascade,
  assess_date date,
  stage text check (stage in ('first', 'third_trimester', 'postpartum')),
  physical text check (physical in ('none', 'low', 'medium', 'high')),
  psychological text check (psychological in ('none', 'low', 'medium', 'high')),
  epds integer check (epds between 0 and 30),
  social_support text check (social_support in ('none', 'low', 'medium', 'high')),
  economic text check (economic in ('none', 'low', 'medium', 'high')),
  housing text check (housing in ('none', 'low', 'medium', 'high')),
  violence_risk text check (violence_risk in ('none', 'low', 'medium', 'high')),
  substance text check (substance in ('none', 'low', 'medium', 'high')),
  needs text[],
  assessor text,
  risk_level text check (risk_level in ('none', 'low', 'medium', 'high'))
);
create table hr_plan (
  record_id uuid primary key references record on delete cascade,
  plan_date date,
  planned_contacts integer check (planned_contacts between 1 and 100),
  planned_visits integer check (planned_visits between 0 and 50)
);
create table hr_plan_goals (
  record_id uuid references record on delete cascade,
  at smallint,
  problem text,
  goal text,
  intervention text,
  due_date date,
  owner text,
  primary key (record_id, at)
);
-- The bands a text is found by: see text-likeness.ts.
create table hr_contact (
  record_id uuid primary key references record on delete cascade,
  contact_date date,
  contact_mode text check (contact_mode in ('meeting', 'phone', 'video', 'home')),
  contact_result text check (contact_result in ('done', 'absent', 'refused', 'lost')),
  minutes integer check (minutes between 1 and 240),
  weight numeric check (weight between 30 and 200),
  bp_sys integer check (bp_sys between 60 and 250),
  bp_dia integer check (bp_dia between 30 and 150),
  habits_now text[],
  antenatal_visits integer check (antenatal_visits between 0 and 20),
  topics text[],
  content text,
  next_date date,
  likeness integer[],
  settlement_id uuid references record
);
create index hr_contact_likeness on hr_contact using gin (likeness);
create index hr_contact_settlement on hr_contact (settlement_id) where settlement_id is not null;
create table hr_referral (
  record_id uuid primary key references record on delete cascade,
  ref_date date,
  target text check (target in ('medical', 'welfare', 'psychological', 'cessation', 'violence', 'early_intervention', 'other')),
  org text,
  reason text
);
create table hr_reply (
  record_id uuid primary key references record on delete cascade,
  reply_date date,
  reply_result text check (reply_result in ('accepted', 'finished', 'not_accepted', 'not_come')),
  reply_note text
);
create table hr_delivery (
  record_id uuid primary key references record on delete cascade,
  delivery_date date,
  place text,
  delivery_mode text check (delivery_mode in ('natural', 'caesarean', 'instrumental')),
  gest_days integer check (gest_days between 140 and 314),
  born_count integer check (born_count between 1 and 5),
  complications text[],
  nicu boolean
);
create table hr_newborn (
  record_id uuid primary key references record on delete cascade,
  born_alive boolean,
  child_note text
);
create table hr_postpartum (
  record_id uuid primary key references record on delete cascade,
  assess_date date,
  epds integer check (epds between 0 and 30),
  breastfeeding text check (breastfeeding in ('exclusive', 'mixed', 'formula')),
  contraception text,
  newborn_growth text,
  vaccines text,
  issues text,
  settlement_id uuid references record
);
create index hr_postpartum_settlement on hr_postpartum (settlement_id) where settlement_id is not null;
create table hr_transfer (
  record_id uuid primary key references record on delete cascade,
  handover text check (handover in ('transfer', 'close')),
  close_date date,
  from_unit text,
  to_unit text,
  transfer_reason text,
  close_reason text check (close_reason in ('completed', 'moved', 'lost', 'refused', 'pregnancy_loss', 'died', 'other')),
  outcome text,
  received_by text
);
create table hr_settlement (
  record_id uuid primary key references record on delete cascade,
  month text,
  month_start date,
  price_intake integer check (price_intake between 0 and 100000),
  price_contact integer check (price_contact between 0 and 100000),
  price_home_visit integer check (price_home_visit between 0 and 100000),
  price_postpartum integer check (price_postpartum between 0 and 100000),
  settlement_note text,
  qty_intake integer,
  qty_contact integer,
  qty_home_visit integer,
  qty_postpartum integer,
  amount integer
);
`,
  '0002': `
create table hr_intake_file (
  record_id uuid not null references record on delete cascade,
  slot text not null check (slot = 'consent_file'),
  name text not null,
  media_type text not null,
  sha256 bytea not null,
  size integer not null check (size between 1 and 5242880),
  content bytea not null,
  added_by_name text not null,
  added_at timestamptz not null,
  primary key (record_id, slot)
);
`,
  '0003': `
select begin_awaiting('hr-referral', 'hr-reply');
`,
} as const;
