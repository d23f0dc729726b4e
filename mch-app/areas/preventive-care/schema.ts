/** The tables of this area, step by step; once released none is ever edited. */
export const schema = {
  '0001': `
create table child_exam (
  record_id uuid primary key references record on delete cascade,
  visit_no text check (visit_no in ('1', '2', '3', '4', '5', '6', '7')),
  exam_date date,
  height numeric(5, 2) check (height between 30 and 150),
  height_percentile numeric(4, 1),
  weight numeric(4, 2) check (weight between 1 and 80),
  weight_percentile numeric(4, 1),
  head_circ numeric(4, 2) check (head_circ between 25 and 60),
  head_percentile numeric(4, 1),
  sys_head_neck text check (sys_head_neck in ('normal', 'abnormal', 'not_done')),
  sys_pupil text check (sys_pupil in ('normal', 'abnormal', 'not_done')),
  sys_fixation text check (sys_fixation in ('normal', 'abnormal', 'not_done')),
  sys_strabismus text check (sys_strabismus in ('normal', 'abnormal', 'not_done')),
  sys_ear text check (sys_ear in ('normal', 'abnormal', 'not_done')),
  sys_mouth text check (sys_mouth in ('normal', 'abnormal', 'not_done')),
  sys_heart text check (sys_heart in ('normal', 'abnormal', 'not_done')),
  sys_lung text check (sys_lung in ('normal', 'abnormal', 'not_done')),
  sys_abdomen text check (sys_abdomen in ('normal', 'abnormal', 'not_done')),
  sys_hip text check (sys_hip in ('normal', 'abnormal', 'not_done')),
  sys_genital text check (sys_genital in ('normal', 'abnormal', 'not_done')),
  sys_skin text check (sys_skin in ('normal', 'abnormal', 'not_done')),
  sys_neuro text check (sys_neuro in ('normal', 'abnormal', 'not_done')),
  dev_gross text check (dev_gross in ('normal', 'abnormal', 'not_done')),
  dev_fine text check (dev_fine in ('normal', 'abnormal', 'not_done')),
  dev_language text check (dev_language in ('normal', 'abnormal', 'not_done')),
  dev_social text check (dev_social in ('normal', 'abnormal', 'not_done')),
  stool_card text check (stool_card in ('normal', 'abnormal')),
  abnormal boolean,
  abnormal_systems text[],
  advice text
);
create table child_development (
  record_id uuid primary key references record on delete cascade,
  screen_no text check (screen_no in ('1', '2', '3', '4', '5', '6')),
  screen_date date,
  tool text check (tool in ('national', 'taipei', 'other')),
  tool_other text,
  score_gross integer check (score_gross between 0 and 100),
  score_fine integer check (score_fine between 0 and 100),
  score_language integer check (score_language between 0 and 100),
  score_social integer check (score_social between 0 and 100),
  screen_result text check (screen_result in ('pass', 'follow', 'refer')),
  ref_bonus boolean
);
create table child_referral (
  record_id uuid primary key references record on delete cascade,
  refer_date date,
  destination text check (destination in ('hospital', 'centre')),
  to_unit text,
  to_centre text,
  referred_to text,
  reason_category text check (reason_category in ('major', 'delay', 'general')),
  is_major boolean,
  suspected text[],
  suspected_icd text,
  summary text,
  guardian_consent boolean,
  urgency text check (urgency in ('routine', 'soon', 'emergency')),
  claim_no text
);
create index child_referral_unclaimed on child_referral (record_id) where claim_no is null;
create index child_referral_claim on child_referral (claim_no) where claim_no is not null;
create table child_diagnosis (
  record_id uuid primary key references record on delete cascade,
  visit_date date,
  diagnosis_result text check (diagnosis_result in ('confirmed', 'excluded', 'observed', 'not_seen', 'lost')),
  diagnosis text,
  severity text check (severity in ('mild', 'moderate', 'severe', 'profound')),
  treatment text,
  reported_to text check (reported_to in ('referral_centre', 'social_bureau', 'not_required')),
  reported_on date,
  physician text,
  claim_no text
);
create index child_diagnosis_claim on child_diagnosis (claim_no) where claim_no is not null;
create table child_tracking (
  record_id uuid primary key references record on delete cascade,
  track_date date,
  mode text check (mode in ('visit', 'phone', 'video', 'letter', 'other')),
  findings text,
  child_status text check (child_status in ('attended', 'not_attended', 'in_therapy', 'closed')),
  next_date date
);
`,
  '0002': `
create table child_claim (
  record_id uuid primary key references record on delete cascade,
  claim_month text check (claim_month ~ '^[0-9]{4}-[0-9]{2}$'),
  claim_period date,
  fee_each integer check (fee_each between 1 and 10000),
  claim_note text,
  bonus_count integer,
  bonus_amount integer,
  fee_count integer,
  fee_amount integer,
  total_amount integer
);
`,
  '0003': {
    sql: `select begin_awaiting('child-referral', 'child-diagnosis')`,
    indexes: {
      child_exam_abnormal: 'child_exam (record_id) where abnormal',
      child_development_refer: "child_development (record_id) where screen_result = 'refer'",
    },
  },
  '0004': {
    sql: `
-- Abnormal visits and screenings that say to send on, of which nobody did.
create view child_waiting as
select r.id as record_id, r.patient_id, r.service_on
from record r left join child_exam e on e.record_id = r.id left join child_development d on d.record_id = r.id
where ((r.kind = 'child-exam' and e.abnormal) or (r.kind = 'child-development' and d.screen_result = 'refer'))
  and not exists (select from record c where c.parent_id = r.id and c.kind = 'child-referral' and c.state <> 'draft');
insert into record_waiting_rule
values ('child-referral', 'child_waiting', '{child-exam,child-development,child-referral}');
`,
    indexes: {
      child_visited: "record (patient_id, unique_key) where kind = 'child-exam' and state <> 'draft'",
    },
  },
  // all that says whose they are and how they stand, so that they are counted without being read
  '0005': {
    sql: '',
    indexes: {
      child_tracking_open:
        "record (county, service_on, no) include (id, patient_id, state, unit_code, assigned_unit_code, residence_county) where kind = 'child-tracking' and state = 'submitted'",
      child_referral_seen:
        "record (id) include (service_on, state, patient_id, unit_code, assigned_unit_code, county, residence_county) where kind = 'child-referral'",
      child_referral_major: 'child_referral (record_id) where is_major',
      child_referral_delay: "child_referral (record_id) where reason_category = 'delay'",
    },
  },
} as const;
