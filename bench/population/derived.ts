import type pg from 'pg';

/** What belongs to people, made by PostgreSQL itself from the accounts that are there. */

const SYNTHETIC = `login_name like 'synthetic.%'`;

/** One precomputed hash serves everybody: what is measured is never verifying it. */
const CREDENTIALS = `
  insert into password_credential (account_id, hash, changed_at)
  select id, (select hash from password_credential c join account d on d.id = c.account_id
              where d.login_name = 'demo.nurse'), created_at
  from account where ${SYNTHETIC}`;

const subsystemAccounts = (each: number): string => `
  insert into subsystem_account (id, subsystem_code, account_id, national_id_index, holder_name, unit_code, role, duty,
    menu_roles, status, created_at, status_changed_at)
  select 'P@' || a.person_no || 'P@' || s.suffix || '_' || lpad((1 + (k - 1) / 3)::text, 2, '0'), s.code, a.id,
    a.national_id_index, a.name, a.unit_code,
    s.role || case when a.role = 'unit_manager' and k <= 3 then '_manager' else '_user' end, 'medical', s.menu_roles,
    case (a.person_no::int + k) % 25 when 0 then 'disabled' when 1 then 'suspended' when 2 then 'pending' else 'active' end,
    a.created_at, a.created_at
  from account a cross join generate_series(1, ${each}) k
  join (values (1, 'mch', 'mbh', 'mch', array['mi_antenatal', 'mi_hearing_screen']),
               (2, 'cancer', 'ccs', 'ccs', array['ccs_screening']),
               (0, 'smoking', 'qss', 'qss', array['qss_education'])) s (rest, code, suffix, role, menu_roles)
    on s.rest = k % 3
  where ${SYNTHETIC}`;

const BINDINGS = `
  insert into binding (subsystem_account_id, account_id, name, bound_at)
  select s.id, s.account_id, s.subsystem_code || ' ' || right(s.id, 2), s.created_at
  from subsystem_account s join account a on a.id = s.account_id and a.${SYNTHETIC}
  where s.status <> 'pending'`;

/** Rows $2 to $3 of `count`: what one transaction wrote is sealed together. */
const events = (count: number): string => `
  insert into audit_event (at, type, outcome, reason, account_id, client_id, ip, user_agent, request_id,
    to_subsystem_account_id, unit_code, details)
  select timestamptz '2026-11-22' - make_interval(secs => (${count} - n) * 15.0),
    case when n % 12 = 0 then 'sign_in.refused' when n % 3 = 0 then 'token_exchange.granted' else 'sign_in.succeeded' end,
    case when n % 12 = 0 then 'refused' else 'success' end, case when n % 12 = 0 then 'password_wrong' end,
    a.id, case when n % 3 = 1 then 'portal' else 'mch-app' end, '192.0.2.' || n % 256, 'Mozilla/5.0 (synthetic)',
    'req-' || n, case when n % 3 = 0 then 'P@' || a.person_no || 'P@mbh_01' end,
    a.unit_code, jsonb_build_object('acr', 'urn:single-entry:acr:password', 'unit', a.unit_code)
  from generate_series($2::int, $3::int) n
  join account a on a.login_name = 'synthetic.' || lpad((1 + (n::bigint * 7919) % $1)::text, 7, '0')`;

const enrollments = (count: number): string => `
  insert into enrollment (id, status, unit_code, role, login_name, done, locale, paper, created_at, updated_at, submitted_at)
  select ('00000000-0000-4000-8eee-' || lpad(to_hex(n), 12, '0'))::uuid,
    case n % 5 when 0 then 'pending_paper' when 1 then 'withdrawn' when 2 then 'expired' else 'pending_unit_review' end,
    a.unit_code, case n % 5 when 0 then 'unit_manager' else 'user' end, 'applicant.' || lpad(n::text, 7, '0'),
    '{unit,role,person,subsystems}', 'zh-TW', case n % 5 when 0 then 'uploaded' end, at, at, at
  from generate_series(1, ${count}) n
  join account a on a.login_name = 'synthetic.' || lpad((1 + (n::bigint * 104729) % $1)::text, 7, '0'),
  lateral (select timestamptz '2026-11-22' - make_interval(mins => n)) t (at)`;

const requests = (count: number): string => `
  insert into subsystem_request (account_id, subsystem_code, unit_code, role, duty, menu_roles, status, created_at)
  select a.id, 'mch', a.unit_code, 'mch_user', 'medical', array['mi_antenatal'],
    case n % 4 when 0 then 'approved' when 1 then 'returned' else 'submitted' end,
    timestamptz '2026-11-22' - make_interval(mins => n)
  from generate_series(1, ${count}) n
  join account a on a.login_name = 'synthetic.' || lpad((1 + (n::bigint * 15485863) % $1)::text, 7, '0')`;

const sessions = (count: number): string => `
  insert into oidc_session (uid, id_digest, account_id, payload, login_at, active_at, expires_at, ip, user_agent)
  select 'synthetic-' || n, sha256(n::text::bytea), a.id, '{}', timestamptz '2026-11-22' - make_interval(secs => n % 1000),
    timestamptz '2026-11-22', timestamptz '2046-11-22', '192.0.2.' || n % 256, 'Mozilla/5.0 (synthetic)'
  from generate_series(1, ${count}) n
  join account a on a.login_name = 'synthetic.' || lpad((1 + (n::bigint * 32452843) % $1)::text, 7, '0')`;

/** Audit records written by one transaction. */
const TOGETHER = 5000;

export interface Derived {
  accounts: number;
  subsystemAccounts: number;
  events: number;
  waiting: number;
}

/** Each step with its name, so that whoever waits sees what is going on. */
export function derivedSteps(of: Derived): { name: string; run: (client: pg.Client) => Promise<unknown> }[] {
  const each = Math.max(1, Math.round(of.subsystemAccounts / of.accounts));
  const bounded = (text: string) => (client: pg.Client) => client.query(text, [of.accounts]);
  return [
    { name: 'credentials', run: (client) => client.query(CREDENTIALS) },
    { name: 'subsystem accounts', run: (client) => client.query(subsystemAccounts(each)) },
    { name: 'bindings', run: (client) => client.query(BINDINGS) },
    {
      name: 'audit events',
      async run(client) {
        for (let from = 1; from <= of.events; from += TOGETHER) {
          const to = Math.min(of.events, from + TOGETHER - 1);
          await client.query(events(of.events), [of.accounts, from, to]);
        }
      },
    },
    { name: 'applications', run: bounded(enrollments(of.waiting)) },
    { name: 'requests', run: bounded(requests(of.waiting)) },
    { name: 'sessions', run: bounded(sessions(Math.min(of.waiting, 20_000))) },
  ];
}
