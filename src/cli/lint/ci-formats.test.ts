// What build systems need of findings: places that they can open, levels that they know, texts that break no syntax.
import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../model/findings.ts';
import { severityOf } from '../../model/findings.ts';
import { findingFormats, problemFormats } from './ci-formats.ts';
import type { PlacedFinding } from './placed-findings.ts';

const plain = { paint: (_: unknown, text: string) => text, note: () => undefined };

function finding(more: Partial<Finding>, file?: string): PlacedFinding {
  const made: Finding = {
    code: 'AllowsEveryone',
    subject: { kind: 'NetworkPolicy', namespace: 'shop', name: 'web' },
    path: 'spec.ingress[0]',
    message: 'it allows 100% of <everyone>',
    hint: 'name who is meant',
    ...more,
  };
  const place = { line: 3, column: 5, source: '', length: 1 };
  return {
    finding: made,
    severity: severityOf(made),
    ...(file === undefined ? {} : { place: { file, place, message: '' } }),
  };
}

const { sarif, github, junit } = findingFormats;

const findings = [
  finding({}, 'my app/web, v1.yaml'),
  finding({ code: 'PolicyRedundant', message: 'a\u0000b "c"', hint: '' }),
];

test('SARIF names the rule, the level, the file as a URI and the object', async () => {
  const { version, runs } = JSON.parse(await sarif(findings, plain));
  expect(version).toBe('2.1.0');
  const [{ tool, results }] = runs;
  expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual([
    'AllowsEveryone',
    'PolicyRedundant',
  ]);
  expect(results[0]).toMatchObject({
    ruleId: 'AllowsEveryone',
    level: 'warning',
    message: { text: 'it allows 100% of <everyone>\nname who is meant' },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'my%20app/web,%20v1.yaml' },
          region: { startLine: 3, startColumn: 5 },
        },
        logicalLocations: [{ fullyQualifiedName: 'NetworkPolicy shop/web spec.ingress[0]' }],
      },
    ],
  });
  expect(results[1].level).toBe('note');
  expect(results[1].locations[0]).not.toHaveProperty('physicalLocation');
});

test('GitHub gets one command a line, with what would end a property escaped', async () => {
  expect(await github(findings, plain)).toBe(
    [
      '::warning file=my app/web%2C v1.yaml,line=3,col=5,title=AllowsEveryone::it allows 100%25 of <everyone>%0Aname who is meant\n',
      '::notice title=PolicyRedundant::NetworkPolicy shop/web spec.ingress[0]: a\u0000b "c"\n',
    ].join(''),
  );
});

describe('JUnit', () => {
  test('fails for a warning, not for a remark, and holds only what XML can hold', async () => {
    const xml = await junit(findings, plain);
    expect(xml).toContain('<testsuite name="ringfence lint" tests="2" failures="1">');
    expect(xml).toContain(
      '<failure type="warning" message="it allows 100% of &lt;everyone&gt;">my app/web, v1.yaml:3: it allows',
    );
    expect(xml).toContain('<system-out>a\ufffdb &quot;c&quot;</system-out>');
  });

  test('has one case that passes where nothing was found', async () => {
    expect(await junit([], plain)).toContain('tests="1" failures="0"');
  });
});

describe('a problem of the input', () => {
  const place = { line: 3, column: 5, source: '', length: 1 };
  const problems = [
    { file: 'web.yaml', place, message: 'spec: is required', hint: 'add it' },
    { file: 'gone.yaml', message: 'there is no such file or folder' },
  ];

  test('is an error in SARIF, at its place if it has one', async () => {
    const [{ tool, results }] = JSON.parse((await problemFormats.sarif?.(problems, plain)) ?? '').runs;
    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['InvalidInput']);
    expect(results).toMatchObject([
      { ruleId: 'InvalidInput', level: 'error', message: { text: 'spec: is required\nadd it' } },
      { locations: [{ physicalLocation: { artifactLocation: { uri: 'gone.yaml' } } }] },
    ]);
    expect(results[0].locations[0].physicalLocation.region).toEqual({ startLine: 3, startColumn: 5 });
  });

  test('is an error in GitHub and a failed case in JUnit', async () => {
    expect(await problemFormats.github?.(problems, plain)).toBe(
      '::error file=web.yaml,line=3,col=5,title=InvalidInput::spec: is required%0Aadd it\n' +
        '::error file=gone.yaml,title=InvalidInput::there is no such file or folder\n',
    );
    expect(await problemFormats.junit?.(problems, plain)).toContain('tests="2" failures="2"');
  });
});
