import { describe, expect, test } from '@jest/globals';
import {
  app,
  cluster,
  company,
  denyIngress,
  from,
  hostile,
  letIn,
  shop,
  workload,
} from '../../test/drawn-clusters.ts';
import { expectGolden } from '../../test/golden-file.ts';
import { analyze } from '../analyze/analysis.ts';
import { modelOf } from './from-analysis.ts';
import { cutToMermaid, fitsMermaid, mermaidLimits, renderMermaid } from './mermaid.ts';
import { folded, pictureOf } from './picture.ts';

/** The lines that `renderMermaid` may write; whatever a name holds must stay within the quotes. */
const text = String.raw`"(?:[\p{L}\p{N} ._/:,+←→·…-]|#\d+;|<br>)*"`;
const id = '[a-z]+[0-9]*[a-z]*[0-9]*';
const grammar = new RegExp(
  `^(?:---|title: "[^"\\\\]*"|flowchart LR|  classDef \\w+ stroke-dasharray: \\d \\d|  subgraph room\\d+\\[${text}\\]|  end|  class room\\d+ \\w+|` +
    ` {2,4}${id}(?:\\[${text}\\]|\\[\\[${text}\\]\\]|\\(${text}\\)|\\(\\[${text}\\]\\))(?::::\\w+)?|  ${id} -\\.?->\\|${text}\\| ${id}|)$`,
  'u',
);

describe('Mermaid', () => {
  test('of the sample shop is what is written in its file', () => {
    expectGolden('shop.mmd', renderMermaid(pictureOf(modelOf(analyze(shop())), [])));
  });

  test('is the same, line by line, whatever the order of the input', () => {
    const input = company();
    const turned = {
      ...input,
      workloads: [...input.workloads].reverse(),
      policies: [...input.policies].reverse(),
    };
    const [one, other] = [input, turned].map((each) =>
      renderMermaid(pictureOf(modelOf(analyze(each)), ['fraud-prod'])),
    );
    expect(other).toBe(one);
  });

  test.each([
    ['the sample shop', shop(), []],
    ['a large cluster', company(), []],
    ['namespaces of it', company(), ['payments-prod', 'kube-system']],
    ['hostile names', hostile(), []],
  ])('keeps to its grammar with %s', (_, input, namespaces) => {
    const lines = renderMermaid(pictureOf(modelOf(analyze(input)), namespaces)).split('\n');
    for (const line of lines) expect(line).toMatch(grammar);
    expect(lines.length).toBeGreaterThan(10);
  });

  test('of what GitHub does not draw is cut, and says so', () => {
    const names = Array.from({ length: 40 }, (_, index) => `ns-${String(index).padStart(2, '0')}`);
    const policies = names.flatMap((to, index) => [
      denyIngress(to),
      letIn(
        to,
        'peers',
        names
          .filter((_, other) => (other + index) % 2 === 1)
          .map((name) => from(app(name, 'web'), 80 + index)),
      ),
    ]);
    const picture = folded(
      modelOf(
        analyze(
          cluster(
            names.map((name) => workload(name, 'web')),
            policies,
          ),
        ),
      ),
    );
    expect(picture.scene.arrows).toHaveLength(800);
    expect(fitsMermaid(renderMermaid(picture), picture)).toBe(false);
    const cut = cutToMermaid(picture);
    expect(cut).toMatch(/^---\ntitle: ".*; 300 of 800 arrows are left out"\n---\n/);
    expect(cut.match(/-->/g)).toHaveLength(mermaidLimits.arrows);
    expect(cut.length).toBeLessThanOrEqual(mermaidLimits.characters);
  });
});
