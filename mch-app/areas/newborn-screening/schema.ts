/** The tables of this area, step by step; once released none is ever edited. */
export const schema = {
  '0001': `
create table nbs_birth (
  record_id uuid primary key references record on delete cascade,
  feeding_start timestamptz,
  nicu boolean,
  transfusion boolean,
  not_screened_reason text check (not_screened_reason in ('refused', 'transferred', 'died', 'other')),
  transfer_unit text
);
create table nbs_specimen (
  record_id uuid primary key references record on delete cascade,
  filter_card_no text check (filter_card_no ~ '^[A-Z0-9]{8,14}$'),
  seq integer check (seq between 1 and 4),
  collected_at timestamptz,
  collector text,
  center text,
  mailed_date date,
  consent boolean,
  subsidy_type text check (subsidy_type in ('general', 'low_income', 'shortage_area', 'none')),
  subsidy_amount integer check (subsidy_amount between 0 and 550),
  family_amount integer check (family_amount between 0 and 550)
);
create index nbs_specimen_card on nbs_specimen (filter_card_no);
create index nbs_specimen_mailed on nbs_specimen (mailed_date);
create table nbs_lab (
  record_id uuid primary key references record on delete cascade,
  received_date date,
  condition text check (condition in ('fit', 'insufficient', 'contaminated', 'expired', 'other')),
  overall text check (overall in ('normal', 'repeat', 'confirm', 'unfit')),
  report_date date,
  notified_at timestamptz,
  notify_mode text check (notify_mode in ('phone', 'system', 'post'))
);
create index nbs_lab_open on nbs_lab (record_id) where overall <> 'normal';
create table nbs_lab_items (
  record_id uuid not null references record on delete cascade,
  at smallint not null,
  item text check (item in (
    'hcu', 'gal', 'pku', 'cht', 'g6pd', 'cah', 'msud', 'mcad', 'ga1', 'iva', 'mma',
    'cit1', 'cit2', 'hmg', 'hcsd', 'pa', 'pcd', 'cpt1', 'cpt2', 'vlcad', 'ga2')),
  item_value numeric,
  item_unit text,
  item_cutoff numeric,
  item_flag text check (item_flag in ('normal', 'suspected', 'positive')),
  primary key (record_id, at)
);
create table nbs_repeat (
  record_id uuid primary key references record on delete cascade,
  recall_date date,
  due_on date,
  recall_result text check (recall_result in ('resampled', 'refused', 'lost', 'died')),
  next_card_no text
);
create table nbs_referral (
  record_id uuid primary key references record on delete cascade,
  refer_date date,
  referred_to text,
  suspected text[],
  note text
);
create table nbs_diagnosis (
  record_id uuid primary key references record on delete cascade,
  diagnosis text check (diagnosis in ('confirmed', 'excluded', 'transient', 'observed', 'lost')),
  diag_date date,
  disease text,
  icd10 text,
  treatment_start date,
  physician text
);
create table nbs_tracking (
  record_id uuid primary key references record on delete cascade,
  tracked_on date,
  mode text check (mode in ('phone', 'visit', 'letter', 'other')),
  status text check (status in ('screened', 'seen', 'not_seen', 'treated', 'lost', 'closed')),
  content text
);
`,
  '0002': `
select begin_awaiting('nbs-birth', 'nbs-specimen');
select begin_awaiting('nbs-specimen', 'nbs-lab');
`,
  '0003': `
-- Findings to be taken again, of children with no later specimen, whom nobody has told to have refused or died.
create view nbs_waiting as
select r.id as record_id, r.patient_id, r.service_on from record r join nbs_lab l on l.record_id = r.id
where r.kind = 'nbs-lab' and l.overall in ('repeat', 'unfit')
  and not exists (
    select from nbs_specimen own
      join record later on later.patient_id = r.patient_id and later.kind = 'nbs-specimen' and later.state <> 'draft'
      join nbs_specimen next on next.record_id = later.id and next.seq > own.seq
    where own.record_id = r.parent_id)
  and not exists (
    select from record c join nbs_repeat o on o.record_id = c.id where c.parent_id = r.id and c.kind = 'nbs-repeat'
      and c.state <> 'draft' and o.recall_result in ('refused', 'died'));
insert into record_waiting_rule values ('nbs-repeat', 'nbs_waiting', '{nbs-lab,nbs-specimen,nbs-repeat}');
`,
} as const;
