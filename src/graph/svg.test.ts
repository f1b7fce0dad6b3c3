import { describe, expect, test } from '@jest/globals';
import { company, hostile, hostileNames, shop } from '../../test/drawn-clusters.ts';
import { expectGolden } from '../../test/golden-file.ts';
import { pageTools } from '../../test/page-tools.ts';
import { analyze } from '../analyze/analysis.ts';
import type { AnalysisInput } from '../analyze/facts.ts';
import { renderDot } from './dot.ts';
import { visible, xml } from './escape.ts';
import { modelOf } from './from-analysis.ts';
import { pictureOf } from './picture.ts';
import type { Scene } from './scene.ts';
import { drawScene, svgFile } from './svg.ts';

function scene(input: AnalysisInput, namespaces: readonly string[] = []): Scene {
  return pictureOf(modelOf(analyze(input)), namespaces).scene;
}

/** Every tag is closed in its order, and every `<` begins a tag: enough of XML for what Graphviz writes. */
function expectWellFormed(text: string): void {
  const open: string[] = [];
  const rest = text.replace(
    /<(\/?)([a-z]+)((?: [\w:-]+="[^"<]*")*)(\/?)>/g,
    (_, close, name, _attributes, empty) => {
      if (close === '/') expect(open.pop()).toBe(name);
      else if (empty === '') open.push(name);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
}

describe('DOT', () => {
  test('of the sample shop is what is written in its file', () => {
    expectGolden('shop.dot', renderDot(scene(shop())));
  });
});

describe('SVG', () => {
  test('shows every node and arrow of the picture under its id', async () => {
    const picture = scene(company(), ['payments-prod']);
    const svg = drawScene(picture, pageTools.graphviz);
    const nodes = [...picture.openRooms.flatMap((room) => room.nodes), ...picture.nodes];
    for (const { id, kind } of nodes) expect(svg).toContain(`<g id="${id}" class="node ${kind} `);
    for (const { id } of picture.arrows) expect(svg).toContain(`<g id="${id}" class="edge `);
    expect(svg).toContain('<title>every workload → kube-system: 53, 53/UDP</title>');
  });

  test('is well formed, and no name becomes more than text', async () => {
    const svg = svgFile(drawScene(scene(hostile()), pageTools.graphviz), 'text { fill: red }');
    expectWellFormed(svg);
    for (const name of hostileNames) expect(svg).toContain(`<title>${xml(visible(name))}</title>`);
    expect(svg).not.toMatch(/<script|<img|onload="|onerror="|xlink|href/);
  });

  test('as a file has a size, a title, its style, and nothing from elsewhere', async () => {
    const svg = svgFile(drawScene(scene(shop()), pageTools.graphviz), 'text { fill: red }');
    expect(svg).toMatch(/^<svg width="\d+" height="\d+" class="drawing" viewBox="/);
    expect(svg).toContain('>\n<title>Who reaches whom</title>\n');
    expect(svg).toContain('<style>\ntext { fill: red }</style>');
    expect(svg.match(/https?:[^"]*/g)).toEqual(['http://www.w3.org/2000/svg']);
  });
});
