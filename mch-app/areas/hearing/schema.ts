/** The tables of this area, step by step; once released none is ever edited. */
export const schema = {
  '0001': `
create table hearing_screening (
  record_id uuid primary key references record on delete cascade,
  stage text check (stage in ('first', 'repeat')),
  screened_at timestamptz,
  method text check (method in ('aabr', 'oae')),
  right_ear text check (right_ear in ('pass', 'fail', 'untested')),
  left_ear text check (left_ear in ('pass', 'fail', 'untested')),
  overall text check (overall in ('pass', 'fail', 'incomplete')),
  risk_factors text[],
  refusal text check (length(refusal) <= 200),
  refer_to text,
  subsidy boolean
);
create index hearing_screening_failed on hearing_screening (record_id) where overall = 'fail';
create table hearing_diagnosis (
  record_id uuid primary key references record on delete cascade,
  diag_date date,
  tests text[],
  abr_right integer check (abr_right between 0 and 120),
  abr_left integer check (abr_left between 0 and 120),
  assr_right integer check (assr_right between 0 and 120),
  assr_left integer check (assr_left between 0 and 120),
  dpoae_right integer check (dpoae_right between 0 and 120),
  dpoae_left integer check (dpoae_left between 0 and 120),
  tympanometry_right integer check (tympanometry_right between 0 and 120),
  tympanometry_left integer check (tympanometry_left between 0 and 120),
  "right" text check ("right" in ('normal', 'mild', 'moderate', 'moderately_severe', 'severe', 'profound', 'neuropathy')),
  "left" text check ("left" in ('normal', 'mild', 'moderate', 'moderately_severe', 'severe', 'profound', 'neuropathy')),
  type text check (type in ('sensorineural', 'conductive', 'mixed')),
  onset text check (onset in ('congenital', 'delayed', 'unknown')),
  genetic text check (genetic in ('found', 'not_found', 'not_done')),
  plan text[]
);
create table hearing_tracking (
  record_id uuid primary key references record on delete cascade,
  date date,
  device_date date,
  device text check (device in ('aid', 'implant', 'bone_conduction', 'other')),
  intervention_start date,
  agency text check (length(agency) <= 100),
  content text check (length(content) <= 1000)
);
`,
  '0002': {
    sql: `
-- Screenings that failed, of children with no later one that is finished and no diagnosis.
create view hearing_waiting as
select r.id as record_id, r.patient_id, r.service_on from record r join hearing_screening s on s.record_id = r.id
where r.kind = 'hearing-screening' and r.state <> 'draft' and s.overall = 'fail'
  and not exists (
    select from record later join hearing_screening l on l.record_id = later.id
    where later.patient_id = r.patient_id and later.kind = 'hearing-screening' and later.state <> 'draft'
      and l.overall <> 'incomplete' and (l.screened_at, later.no) > (s.screened_at, r.no))
  and not exists (
    select from record diagnosis where diagnosis.patient_id = r.patient_id and diagnosis.kind = 'hearing-diagnosis'
      and diagnosis.state <> 'draft');
insert into record_waiting_rule
values ('hearing-diagnosis', 'hearing_waiting', '{hearing-screening,hearing-diagnosis}');
`,
    indexes: {
      hearing_screened: "record (patient_id) where kind = 'hearing-screening' and state <> 'draft'",
    },
  },
} as const;
