import { type Import, listFiles, listImports, readCode, readSource } from './support/source-tree.ts';

/* The house's rules on who may import whom and what a file may be. A failure names the offender. */

const PRODUCTION = ['idp', 'mch-app', 'kit', 'db', 'templates'];
const production = listFiles(PRODUCTION, ['.ts']);
const imports = listImports(production);
const own = imports.filter((edge) => !edge.isPackage);

const show = (edges: Import[]): string[] => edges.map(({ from, to }) => `${from} imports ${to}`);
const inFolder = (file: string, ...folders: string[]): boolean =>
  folders.some((folder) => file.startsWith(`${folder}/`));
/** The feature a file of an application belongs to; undefined for the files at the application's root. */
const featureOf = (file: string): string | undefined => {
  const [app, feature, ...rest] = file.split('/');
  return rest.length > 0 && (app === 'idp' || app === 'mch-app') ? `${app}/${feature}` : undefined;
};

describe('who may import whom', () => {
  it('keeps kit a leaf, and db and templates on kit alone', () => {
    const allowed: Record<string, string[]> = {
      kit: ['kit'],
      db: ['db', 'kit'],
      templates: ['templates', 'kit'],
    };
    const wrong = own.filter(({ from, to }) => {
      const folders = allowed[from.split('/')[0] ?? ''];
      return folders !== undefined && !inFolder(to, ...folders);
    });
    expect(show(wrong)).toEqual([]);
  });

  it('lets the two applications meet only by OpenID Connect and HTTP', () => {
    const wrong = own.filter(
      ({ from, to }) =>
        (inFolder(from, 'mch-app') && inFolder(to, 'idp', 'db/idp')) ||
        (inFolder(from, 'idp') && inFolder(to, 'mch-app', 'db/mch')),
    );
    expect(show(wrong)).toEqual([]);
  });

  it('enters another feature by its index.ts', () => {
    const wrong = own.filter(({ from, to }) => {
      const target = featureOf(to);
      return target !== undefined && featureOf(from) !== undefined && target !== featureOf(from)
        ? to !== `${target}/index.ts`
        : false;
    });
    expect(show(wrong)).toEqual([]);
  });

  it('never imports upwards inside idp', () => {
    const layers = [
      ['settings', 'audit', 'notifications'],
      [
        'accounts',
        'authenticators',
        'units',
        'subsystems',
        'subsystem-accounts',
        'virtual-cards',
        'entitlements',
        'signing-keys',
        'pairwise-subjects',
        'certification',
        'registration',
        'announcements',
        'help-pages',
        'messages',
        'service-status',
        'visits',
        'permissions',
        'delegations',
        'working-days',
        'console-lists',
        'console-case',
        'retention',
      ],
      [
        'sign-in',
        'account-administration',
        'subsystem-account-administration',
        'sign-in-records',
        'recovery',
        'password-change',
        'enrollments',
        'access-requests',
        'permission-requests',
        'review-history',
        'account-switching',
        'bindings',
        'own-authenticators',
        'federation',
        'profile',
        'sessions',
        'sign-in-requests',
        'consents',
        'life-cycle',
        'data-rights',
        'content-administration',
        'reinstatement',
        'unit-register',
        'unit-upkeep',
        'resealing',
        'audit-trail',
        'watch',
        'breaches',
        'account-review',
        'readiness',
        'trial',
        'subsystem-administration',
        'registration-administration',
        'session-administration',
        'logout-health',
        'emergency',
        'impersonations',
        'allow-list',
        'restoring',
        'founding',
        'federation',
      ],
      ['portal', 'console', 'directory-api', 'monitoring', 'status-page'],
      ['oidc'],
    ];
    const rank = (file: string): number =>
      layers.findIndex((layer) => layer.includes(featureOf(file)?.slice('idp/'.length) ?? ''));
    const features = own.filter(({ from }) => featureOf(from)?.startsWith('idp/'));
    expect(
      features.filter(({ from }) => rank(from) === -1).map(({ from }) => `${from} has no layer`),
    ).toEqual([]);

    const wrong = features.filter(({ from, to }) => inFolder(to, 'idp') && rank(to) > rank(from));
    const fromRoot = features.filter(({ to }) => /^idp\/(main|app|cli)\.ts$/.test(to));
    expect(show([...wrong, ...fromRoot])).toEqual([]);
  });

  it('orders mch-app: areas, records, then change requests, to-dos and access', () => {
    const layers = [
      ['units', 'patients', 'access', 'change-requests', 'todos', 'content'],
      ['records'],
      ['areas'],
    ];
    const rank = (file: string): number =>
      layers.findIndex((layer) => layer.includes(featureOf(file)?.slice('mch-app/'.length) ?? ''));
    const wrong = own.filter(({ from, to }) => rank(from) !== -1 && rank(to) > rank(from));
    const areaOf = (file: string): string | undefined => /^mch-app\/areas\/([^/]+)\//.exec(file)?.[1];
    const sideways = own.filter(({ from, to }) => {
      const [a, b] = [areaOf(from), areaOf(to)];
      return a !== undefined && b !== undefined && a !== b;
    });
    expect(show([...wrong, ...sideways])).toEqual([]);
  });

  it.each([
    ['oidc-provider', /^idp\/oidc\//],
    ['pg', /^db\//],
    [
      'kysely',
      /^db\/|\/store\.ts$|\/store\/|^idp\/oidc\/storage\/|^mch-app\/(records|todos)\/(report-)?types\.ts$/,
    ],
    ['argon2', /^idp\/authenticators\//],
    ['otplib', /^idp\/authenticators\//],
    ['@simplewebauthn/server', /^idp\/authenticators\//],
    ['pkijs', /^idp\/authenticators\/|^idp\/virtual-cards\//],
    ['asn1js', /^idp\/authenticators\/|^idp\/virtual-cards\//],
    ['@peculiar/x509', /^kit\/x509\.ts$/],
    ['handlebars', /^templates\//],
    ['nodemailer', /^kit\/mail\.ts$/],
    ['prom-client', /^kit\/telemetry\//],
    ['koffi', /^kit\/pkcs11\//],
    ...['api', 'sdk-trace', 'resources', 'exporter-trace-otlp-http'].map((name): [string, RegExp] => [
      `@opentelemetry/${name}`,
      /^kit\/telemetry\//,
    ]),
  ])('imports %s only where it belongs', (name, place) => {
    expect(show(imports.filter(({ from, to }) => to === name && !place.test(from)))).toEqual([]);
  });

  it('keeps the example an integrator copies free of anything of ours', () => {
    const wrong = listImports(listFiles(['examples/subsystem'], ['.ts'])).filter(
      ({ to, isPackage }) => !isPackage && !inFolder(to, 'examples/subsystem'),
    );
    expect(show(wrong)).toEqual([]);
  });
});

describe('what a file may hold', () => {
  const named = (name: string): string[] => production.filter((file) => file.endsWith(`/${name}`));

  it('keeps policies pure: no await, no clock, neither kit nor db', () => {
    const impurity = /\bawait\b|\bDate\.now\(|new Date\(\)|\bsystemClock\b/;
    const impure = named('policy.ts').filter((file) => impurity.test(readCode(file)));
    const wired = own.filter(
      // spans of time are plain numbers, the checks of numbers are rules themselves
      ({ from, to }) =>
        from.endsWith('/policy.ts') &&
        inFolder(to, 'kit', 'db') &&
        !/^kit\/(clock|taiwan\/identifiers)\.ts$/.test(to),
    );
    expect([...impure, ...show(wired)]).toEqual([]);
  });

  it('keeps types.ts free of code', () => {
    const wrong = imports.filter(({ from, isTypeOnly }) => from.endsWith('/types.ts') && !isTypeOnly);
    expect(show(wrong)).toEqual([]);
  });

  it("opens each feature's index.ts with a paragraph and lets it only export", () => {
    const wrong = named('index.ts').filter(
      (file) =>
        !readSource(file).startsWith('/**') ||
        readCode(file)
          .split(';')
          .some((statement) => !/^\s*($|(export|import)\s+(type\s+)?[{*])/.test(statement)),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps ctx out of services', () => {
    expect(named('service.ts').filter((file) => /\bctx\b/.test(readCode(file)))).toEqual([]);
  });

  it('reads the environment only at the edge, and writes no log but through the logger', () => {
    // the last two hand the operating system's own variables on to a child process
    const edge = /(^|\/)(config|cli|main|serve|gallery-server|run-as|hash-process)\.ts$/;
    const reading = production.filter((file) => !edge.test(file) && /\bprocess\.env\b/.test(readCode(file)));
    const talking = production.filter((file) =>
      /\bconsole\.(log|info|warn|error|debug|trace|dir|table)\(/.test(readCode(file)),
    );
    expect([...reading, ...talking]).toEqual([]);
  });
});

describe('how long a file may be', () => {
  // drawn or recorded, not written
  const generated = /^idp\/authenticators\/captcha\/(glyphs|voices)\b|^templates\/assets\/icons\//;
  const lengthOf = (file: string): number => readSource(file).trimEnd().split('\n').length;

  it('stays within 300 lines everywhere', () => {
    const endings = ['.ts', '.mjs', '.js', '.css', '.hbs'];
    const long = listFiles([...PRODUCTION, 'test', 'bench', 'examples'], endings)
      .filter((file) => !generated.test(file))
      .map((file) => ({ file, lines: lengthOf(file) }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });

  it('has a median of at most 60 lines, and 160 for nine in ten', () => {
    const lengths = production.filter((file) => !generated.test(file)).map(lengthOf);
    lengths.sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(60);
    expect(lengths[Math.floor(lengths.length * 0.9)]).toBeLessThanOrEqual(160);
  });
});

describe('what else the house asks', () => {
  it('writes Chinese only in locales, labels, seed data, documents and tests', () => {
    const places =
      /^templates\/(locales|gallery)\/|^db\/\w+\/seed\/|(^|\/)manifests?(\/[\w-]+)?\.json$|\/(labels|texts)(\/[\w-]+)?\.json$/;
    const endings = ['.ts', '.mjs', '.js', '.json', '.css', '.hbs', '.svg'];
    const wrong = listFiles([...PRODUCTION, 'bench', 'examples'], endings).filter(
      (file) => !places.test(file) && /\p{Script=Han}/u.test(readSource(file)),
    );
    expect(wrong).toEqual([]);
  });

  it('pins every dependency to one version', () => {
    const manifest = JSON.parse(readSource('package.json')) as Record<string, Record<string, string>>;
    const loose = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides']
      .flatMap((kind) => Object.entries(manifest[kind] ?? {}))
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    expect(loose).toEqual([]);
  });
});
