import { describe, expect, test } from '@jest/globals';
import { company, hostile, hostileNames, shop } from '../../test/drawn-clusters.ts';
import { expectGolden } from '../../test/golden-file.ts';
import { pageTools } from '../../test/page-tools.ts';
import { analyze } from '../analyze/analysis.ts';
import type { AnalysisInput } from '../analyze/facts.ts';
import { renderDot } from './dot.ts';
import { visible, xml } from './escape.ts';
import { modelOf } from './from-analysis.ts';
import { type Picture, pictureOf } from './picture.ts';
import type { Scene } from './scene.ts';
import { drawScene, svgFile } from './svg.ts';

function picture(
  input: AnalysisInput,
  namespaces: readonly string[] = [],
  planned: readonly string[] = [],
): Picture {
  return pictureOf(modelOf(analyze(input), { planned }), namespaces);
}

function scene(input: AnalysisInput, namespaces: readonly string[] = []): Scene {
  return picture(input, namespaces).scene;
}

function fileOf(input: AnalysisInput, planned: readonly string[] = []): string {
  const drawn = picture(input, [], planned);
  return svgFile(drawScene(drawn.scene, pageTools.graphviz), drawn, 'text { fill: red }');
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
    const drawn = scene(company(), ['payments-prod']);
    const svg = drawScene(drawn, pageTools.graphviz);
    const nodes = [...drawn.openRooms.flatMap((room) => room.nodes), ...drawn.nodes];
    for (const { id, kind } of nodes) expect(svg).toContain(`<g id="${id}" class="node ${kind} `);
    for (const { id } of drawn.arrows) expect(svg).toContain(`<g id="${id}" class="edge `);
    expect(svg).toContain('<title>every workload → kube-system: 53, 53/UDP</title>');
  });

  test('is well formed, and no name becomes more than text', async () => {
    const svg = fileOf(hostile());
    expectWellFormed(svg);
    for (const name of hostileNames) expect(svg).toContain(`<title>${xml(visible(name))}</title>`);
    expect(svg).not.toMatch(/<script|<img|onload="|onerror="|xlink|href/);
  });

  test('as a file has a size, a title, its style, and nothing from elsewhere', async () => {
    const svg = fileOf(shop());
    expect(svg).toMatch(/^<svg width="\d+" height="\d+" class="drawing" viewBox="/);
    expect(svg).toContain('>\n<title>Who reaches whom</title>\n');
    expect(svg).toContain('<style>\ntext { fill: red }</style>');
    expect(svg.match(/https?:[^"]*/g)).toEqual(['http://www.w3.org/2000/svg']);
  });

  test('as a file has a legend of what it draws, and a title that tells of a dry run', () => {
    const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    const legend = ['allowed by a rule', 'ringed', 'not isolated, or open to everyone'];
    expect(texts(fileOf(shop()))).toEqual(expect.arrayContaining(['Who reaches whom', ...legend]));
    expect(texts(fileOf(shop()))).not.toContain('ringed once the dry run ends');
    const planned = fileOf(shop(), ['shop']);
    expect(texts(planned)).toEqual(
      expect.arrayContaining([
        'Who reaches whom, as it would be enforced',
        'in dry run',
        'ringed once the dry run ends',
      ]),
    );
    expect(planned).toMatch(/<g id="ring\d" class="cluster ring planned">/);
  });
});
