import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { eventually } from './support/eventually.ts';
import { type IdpWorld, startIdpWorld } from './support/idp-world.ts';
import { freePort, startReplica } from './support/replica.ts';

const FOLDER = path.resolve(import.meta.dirname, '../docs/monitoring');
const read = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: Record<string, string>;
}
interface Dashboard {
  panels: { title: string; type: string; targets?: { expr: string }[] }[];
}

const { rules } = (parse(read('alerts.yml')) as { groups: { rules: Rule[] }[] }).groups[0] ?? { rules: [] };
const dashboard = JSON.parse(read('dashboard.json')) as Dashboard;

/** The names of metrics in a PromQL expression. */
function metricsIn(expr: string): string[] {
  const bare = expr
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' ');
  const words = [...bare.matchAll(/\b([a-z][a-z0-9_]*)\b(\s*\()?/g)];
  return words
    .filter(([, , call]) => call === undefined)
    .map(([, name = '']) => name.replace(/_(bucket|count|sum)$/, ''))
    .filter((name) => !['and', 'or', 'unless', 'e8', 'e6'].includes(name));
}

describe('what Prometheus and Grafana are given', () => {
  let world: IdpWorld;
  let known: Set<string>;

  beforeAll(async () => {
    world = await startIdpWorld({ replicas: 1 });
    const [port, metricsPort] = [await freePort(), await freePort()];
    const served = await startReplica(['idp/serve.ts'], {
      ...world.env,
      IDP_PORT: String(port),
      IDP_METRICS_PORT: String(metricsPort),
      IDP_PROCESSES: '1',
      IDP_DRAIN_SECONDS: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    });
    await eventually(async () => {
      const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      const names = [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name);
      known = new Set(names.map((name) => name.replace(/_(bucket|count|sum)$/, '')));
      expect(known.size).toBeGreaterThan(50);
    });
    await served.stop();
  });
  afterAll(() => world.stop());

  it('names only metrics that a scrape has', () => {
    const asked = [
      ...rules.flatMap(({ alert, expr }) => metricsIn(expr).map((name) => [alert, name])),
      ...dashboard.panels.flatMap(({ title, targets = [] }) =>
        targets.flatMap(({ expr }) => metricsIn(expr).map((name) => [title, name])),
      ),
    ];
    expect(asked.length).toBeGreaterThan(60); // they were read
    expect(asked.filter(([, name = '']) => !known.has(name))).toEqual([]);
  });

  it('tells of each alert what it means, and leads to what to do', () => {
    const guide = readFileSync(path.join(FOLDER, '../operating.md'), 'utf8');
    expect(rules.length).toBeGreaterThan(20);
    for (const { alert, labels, annotations } of rules) {
      expect(['info', 'warning', 'critical']).toContain(labels.severity);
      expect(annotations['summary']?.length).toBeGreaterThan(10);
      expect(annotations['description']?.length).toBeGreaterThan(10);
      expect(annotations['runbook']).toBe(`docs/operating.md#${alert.toLowerCase()}`);
      expect(guide).toContain(`<a id="${alert.toLowerCase()}"></a>${alert} `);
    }
  });
});
