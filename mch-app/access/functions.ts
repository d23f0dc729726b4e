/**
 * Every function of the MCH system: section → group → function (or a few functions together). A path through
 * it is the function's address, its name in the locale files, and what rights are given on.
 */
export const FUNCTIONS = {
  common: {
    todo: {},
    'change-requests': { entry: {}, history: {} },
    announcements: {},
    qa: {},
    guide: {},
    downloads: {},
    links: {},
    events: {},
  },
  maternal: {
    'antenatal-education': {
      records: { entry: {}, search: {}, import: {}, missing: {} },
      registrations: {},
      'visit-import': {},
      reconciliation: {
        'irregular-visits': {},
        'dup-same-unit': {},
        'dup-cross-unit': {},
        'claimed-not-uploaded': {},
        'uploaded-not-claimed': {},
      },
      statistics: { volume: {}, topics: {}, rate: {} },
    },
    gbs: { specimens: {}, results: {}, import: {}, positives: {}, reconciliation: {}, statistics: {} },
    'high-risk': {
      intake: {},
      cases: {},
      assessments: {},
      plans: {},
      contacts: {},
      referrals: {},
      replies: {},
      delivery: {},
      newborns: {},
      postpartum: {},
      'transfer-close': {},
      settlement: {},
      'settlement-lines': {},
      statistics: {},
    },
    'health-card': { pending: {}, cards: {}, visits: {}, transfer: {}, statistics: {} },
    subsidy: {
      applications: {},
      vouchers: {},
      services: {},
      claims: {},
      payments: {},
      contraception: {},
      statistics: {},
    },
    'special-fertility': {
      'new-immigrant': {},
      cases: {},
      guidance: {},
      supervision: {},
      statistics: {},
    },
    'gdm-anemia': { results: {}, import: {}, overdue: {}, reconciliation: {}, statistics: {} },
    'special-antenatal': { applications: {}, review: {}, statistics: {} },
  },
  genetic: {
    data: { cases: {}, requests: {}, outcomes: {}, interface: {} },
    lab: { receiving: {}, results: {}, reports: {}, claims: {} },
    reports: { search: {}, abnormal: {}, volume: {}, subsidy: {} },
  },
  child: {
    'newborn-screening': {
      births: {},
      'birth-import': {},
      specimens: {},
      'specimen-import': {},
      sending: {},
      lab: {},
      repeat: {},
      diagnosis: { referrals: {}, results: {} },
      tracking: {},
      reconciliation: {},
      statistics: {},
    },
    hearing: {
      screening: {},
      import: {},
      unscreened: {},
      undiagnosed: {},
      diagnosis: {},
      tracking: {},
      reconciliation: {},
      statistics: {},
    },
    'preventive-care': {
      exams: {},
      'exam-import': {},
      referrals: {},
      diagnoses: {},
      claims: {},
      tracking: {},
      'tracking-approval': {},
      development: {},
      'development-import': {},
      statistics: {},
    },
    'joint-assessment': {
      intake: {},
      assessments: {},
      reports: {},
      handover: {},
      reassess: {},
      appraisal: {},
      statistics: {},
    },
    'assessment-visits': { plans: {}, 'self-eval': {}, records: {}, improvements: {}, statistics: {} },
    preterm: { intake: {}, contacts: {}, checkups: {}, referrals: {}, closing: {}, statistics: {} },
  },
  admin: {
    dashboard: {},
    service: { 'change-review': {} },
    accounts: {
      staff: {},
      units: {},
      logins: {},
      reinstatement: {},
      'review-history': {},
      review: {},
      'permission-requests': {},
    },
    content: {},
    codes: {},
    audit: {},
    qualifications: {},
  },
} as const;

/** A place in the tree, its slugs joined by `/`; a misspelt one does not compile. */
export type FunctionPath = PathsOf<typeof FUNCTIONS>;

type PathsOf<Tree, Above extends string = ''> = {
  [Slug in keyof Tree & string]: `${Above}${Slug}` | PathsOf<Tree[Slug], `${Above}${Slug}/`>;
}[keyof Tree & string];
