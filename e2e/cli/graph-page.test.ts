// The page of `ringfence graph` in a real browser, without a network: what a person does with it, by pointer and by keyboard.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { analyze } from '../../src/analyze/analysis.ts';
import type { AnalysisInput } from '../../src/analyze/facts.ts';
import { loadPageTools } from '../../src/cli/graph/page-tools.ts';
import { modelOf } from '../../src/graph/from-analysis.ts';
import { htmlFile } from '../../src/graph/html.ts';
import { company, hostile, hostileNames, shop } from '../../test/drawn-clusters.ts';
import { type OpenPage, openFile, startBrowser } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-page-'));
const files = { shop: shop(), company: company(), hostile: hostile() };
let browser: Browser;
let opened: OpenPage | undefined;

beforeAll(async () => {
  const tools = await loadPageTools();
  const draw = (input: AnalysisInput) => {
    return htmlFile({ title: 'Who reaches whom', model: modelOf(analyze(input)) }, tools);
  };
  for (const [name, input] of Object.entries(files)) writeFileSync(join(folder, `${name}.html`), draw(input));
  browser = await startBrowser();
});

/** Whatever a test does, the page reports no error and sends no request. */
afterEach(async () => {
  expect(opened?.complaints ?? []).toEqual([]);
  expect(opened?.requests ?? []).toEqual([]);
  await opened?.page.context().close();
  opened = undefined;
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

async function open(name: keyof typeof files, hash = ''): Promise<Page> {
  opened = await openFile(browser, join(folder, `${name}.html`), { hash });
  return opened.page;
}

function text(page: Page, selector: string): Promise<string> {
  return page.locator(selector).innerText();
}

/** The part of the drawing whose title is this, as a person reads it. */
function part(page: Page, title: string) {
  return page
    .locator('#canvas g')
    .filter({ has: page.locator(`xpath=./*[local-name()="title" and text()="${title}"]`) });
}

/** Tries to run a script and to load an image, in the page; says what came of it. */
const intrusion = `(() => {
  const tries = [
    () => { document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = true' })); },
    () => { document.body.innerHTML += '<img src="https://example.com/x.png">'; },
  ];
  const refused = tries.filter((attempt) => { try { attempt(); return false; } catch { return true; } }).length;
  return { ran: 'ran' in window, refused, images: document.images.length };
})()`;

/** Where a person would click an arrow: half-way. */
async function clickArrow(page: Page, title: string): Promise<void> {
  const path = part(page, title).locator('.hit');
  const { x, y } = await path.evaluate((element) => {
    const line = element as unknown as Line;
    const { x: left, y: top } = line
      .getPointAtLength(line.getTotalLength() / 2)
      .matrixTransform(line.getScreenCTM());
    return { x: left, y: top };
  });
  await page.mouse.click(x, y);
}

/** What of an SVGGeometryElement is used here; the types of the DOM are not those of the tests. */
interface Line {
  readonly getTotalLength: () => number;
  readonly getPointAtLength: (length: number) => {
    readonly matrixTransform: (matrix: unknown) => { x: number; y: number };
  };
  readonly getScreenCTM: () => unknown;
}

describe('the page of a small cluster', () => {
  test('opens without a network, and draws every workload', async () => {
    const page = await open('shop');
    for (const name of [
      'ingress-nginx',
      'prometheus',
      'mongo',
      'nosqlclient',
      'web-console',
      'admin-console',
    ]) {
      expect(await page.locator(`#canvas .node text:text-is("${name}")`).count()).toBe(1);
    }
    expect(await page.locator('#canvas .edge').count()).toBe(6);
    expect(await text(page, 'header')).toContain('4 namespaces · 6 workloads');
  });

  test('tells why an arrow is there when it is clicked', async () => {
    const page = await open('shop');
    await clickArrow(page, 'web-console → mongo: 27017');
    expect(await text(page, '#verdict')).toBe('Allowed on 27017');
    expect(await text(page, '#panel')).toMatch(
      /entering shop\/mongo\s+✓isolated for ingress; this lets shop\/web-console in:\s+shop\/ringfence-shop-mongo-\w+\s+rule 3, spec\.ingress\[2\]: 27017\s+AppNetworkProfile shop: web-console-to-mongo/,
    );
    expect(await page.locator('#canvas .edge.lit').count()).toBe(1);
  });

  test('shows what belongs to a workload, in and out, and lets the rest step back', async () => {
    const page = await open('shop');
    await part(page, 'mongo').click();
    expect(await page.locator('#canvas .node.lit title').allTextContents()).toEqual(
      expect.arrayContaining(['mongo', 'nosqlclient', 'web-console', 'admin-console']),
    );
    expect(await page.locator('#canvas .edge.lit').count()).toBe(3);
    expect(await text(page, '#panel')).toMatch(
      /Reached by \(4\)[\s\S]*monitoring[\s\S]*prometheus\s+9100[\s\S]*Reaches \(3\)/,
    );
    await page.keyboard.press('Escape');
    expect(await page.locator('#canvas svg.focused:not(.passing)').count()).toBe(0);
  });

  test('draws denied pairs on demand, and tells why one is denied', async () => {
    const page = await open('shop');
    expect(await page.locator('.gap').count()).toBe(0);
    await page.locator('label.switch').click();
    expect(await page.locator('.gap').count()).toBe(4);
    await part(page, 'mongo').click();
    expect(await page.locator('.gap').count()).toBe(1);
    await page.locator('.gap .cross').click({ force: true });
    expect(await text(page, '#verdict')).toBe('Denied on every port');
    expect(await text(page, '#panel')).toMatch(
      /✕isolated for ingress, and no rule lets ingress-nginx\/ingress-nginx in\s+shop\/ringfence-default-deny-ingress/,
    );
    await page.keyboard.press('d');
    expect(new URL(page.url()).hash).not.toContain('denied');
  });

  test('answers about any pair that is typed', async () => {
    const page = await open('shop');
    await page.locator('#ask-from').fill('shop-admin/admin-console');
    await page.locator('#ask-to').fill('shop/nosqlclient');
    await page.locator('#ask-to').press('Enter');
    expect(await text(page, '#verdict')).toBe('Denied on every port');
    await page.getByText('In the other direction: denied').click();
    expect(await page.locator('#ask-from').inputValue()).toBe('shop/nosqlclient');
    await page.locator('#ask-to').fill('shop/mogno');
    await page.locator('#ask-to').press('Enter');
    expect(await page.locator('#ask-note code').allInnerTexts()).toEqual(['shop/mogno', 'shop/mongo']);
    expect(await page.locator('#ask-to').getAttribute('aria-invalid')).toBe('true');
  });

  test('answers about a port, and shows the rule as YAML, and how to ask for what to add', async () => {
    const page = await open('shop');
    await page.locator('#ask-from').fill('shop/web-console');
    await page.locator('#ask-to').fill('shop/mongo');
    await page.locator('#ask-port').fill('27017');
    await page.locator('#ask-port').press('Enter');
    expect(await text(page, '#verdict')).toBe('Allowed on 27017');
    await page.locator('.yaml summary').first().click();
    expect(await text(page, '.yaml pre')).toMatch(/^- from:\n {4}- [\s\S]*port: 27017/);
    await page.locator('#ask-port').fill('8443');
    // The old answer is not shown beside the new question.
    expect(await page.locator('#verdict').isVisible()).toBe(false);
    await page.locator('#ask-port').press('Enter');
    expect(await text(page, '#verdict')).toBe('Denied on 8443: the two sides together allow 27017');
    expect(await text(page, '#panel')).toContain('ringfence explain shop/web-console shop/mongo 8443');
    expect(new URL(page.url()).hash).toContain('port=8443');
    expect(await text(page, '#panel')).toContain('none of its containers declares 8443');
    await page.locator('#ask-port').fill('metrics');
    await page.locator('#ask-port').press('Enter');
    expect(await text(page, '#ask-note')).toContain('a port is a number');
  });

  test('does not call a port allowed on which nothing is known to listen', async () => {
    const page = await open('shop', '#from=shop%2Fmongo&to=monitoring%2Fprometheus&port=9999');
    expect(await text(page, '#verdict')).toBe('Policies allow 9999, but nothing is known to listen there');
    expect(await text(page, '#panel')).toContain(
      'monitoring/prometheus offers 9090, 9100: none of its containers declares 9999, and no Service leads there',
    );
    await page.locator('#ask-port').fill('9090');
    await page.locator('#ask-port').press('Enter');
    expect(await text(page, '#verdict')).toBe('Allowed on 9090');
    expect(await text(page, '#panel')).not.toContain('is known to listen');
  });

  test('shows a port that is denied as denied, although others are allowed', async () => {
    const page = await open('shop', '#from=shop%2Fweb-console&to=shop%2Fmongo&port=8443');
    expect(await text(page, '#verdict')).toMatch(/^Denied on 8443/);
    expect(await page.locator('#canvas .edge.lit').count()).toBe(0);
    expect(await page.locator('.gap').count()).toBe(1);
    expect(await page.locator('.side .sign').allInnerTexts()).toEqual(['✓', '✕']);
    expect(await text(page, '.side.denies .policies')).toMatch(
      /^shop\/ringfence-default-deny-ingress\s+default deny · PlatformNetworkProfile default/,
    );
  });

  test('shows the command whole, on a phone too, and copies it whole', async () => {
    const page = await open('shop', '#from=shop-admin%2Fadmin-console&to=shop%2Fweb-console&port=8080');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    const isWhole =
      "(() => { const box = document.querySelector('.command'); return box.scrollWidth <= box.clientWidth; })()";
    expect(await page.evaluate(isWhole)).toBe(true);
    const command = 'ringfence explain shop-admin/admin-console shop/web-console 8080';
    await page.locator('.command').click();
    expect(await page.evaluate('String(getSelection())')).toBe(command);
    await page.locator('.copy').click();
    await page.locator('.copy', { hasText: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(command);
    expect(await text(page, '#panel')).not.toContain('`');
  });

  test('opens a namespace on a phone from its upper left corner, with the whole legend, and no button over it', async () => {
    const page = await open('company');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${page.url().split('#')[0]}#namespace=payments-prod`);
    const inside = await page.locator('#canvas .cluster.open').boundingBox();
    const canvas = await page.locator('#canvas').boundingBox();
    expect(inside?.x).toBeGreaterThanOrEqual(canvas?.x ?? Number.NaN);
    expect(inside?.y).toBeGreaterThanOrEqual(canvas?.y ?? Number.NaN);
    const buttons = await page.locator('.zoom').boundingBox();
    expect((buttons?.y ?? Number.NaN) + (buttons?.height ?? Number.NaN)).toBeLessThanOrEqual(
      canvas?.y ?? Number.NaN,
    );
    for (const entry of await page.locator('.legend .entry:visible').all()) {
      const box = await entry.boundingBox();
      expect((box?.x ?? Number.NaN) + (box?.width ?? Number.NaN)).toBeLessThanOrEqual(390);
    }
    expect(await text(page, 'header')).toContain('29 namespaces · 297 workloads · 6,131 allowed pairs');
  });

  test.each([
    ['picture', '#namespace=payments-prod', '#canvas'],
    ['matrix', '', '#matrix'],
  ])('has its legend below the %s on a phone, and not over it', async (_, hash, shown) => {
    const page = await open('company', hash);
    await page.setViewportSize({ width: 390, height: 844 });
    const [map, box, legend] = await Promise.all(
      ['#map', shown, '.legend'].map((selector) => page.locator(selector).boundingBox()),
    );
    const end = (each: typeof box | undefined) => (each?.y ?? Number.NaN) + (each?.height ?? Number.NaN);
    expect(end(box)).toBeLessThanOrEqual(legend?.y ?? Number.NaN);
    expect(end(legend)).toBeLessThanOrEqual(end(map));
    expect(box?.height).toBeGreaterThan(200);
  });

  test('takes addresses as ends', async () => {
    const page = await open('shop');
    await page.locator('#ask-from').fill('shop/mongo');
    await page.locator('#ask-to').fill('203.0.113.7');
    await page.locator('#ask-to').press('Enter');
    expect(await text(page, '#verdict')).toBe('Allowed on all ports');
    await page.locator('#ask-to').fill('internet');
    await page.locator('#ask-to').press('Enter');
    expect(await text(page, '#verdict')).toBe('Allowed on all ports');
    await page.locator('#ask-from').fill('203.0.113.7');
    await page.locator('#ask-to').fill('shop/mongo');
    await page.locator('#ask-to').press('Enter');
    expect(await text(page, '#ask-note')).toBe('Denied: no rule lets 203.0.113.7 in to shop/mongo');
    expect(await page.locator('#verdict').isVisible()).toBe(false);
  });

  test('holds to its content security policy: what is put into it does not run', async () => {
    const page = await open('shop');
    expect(await page.evaluate(intrusion)).toEqual({ ran: false, refused: 2, images: 0 });
    expect(await page.evaluate("fetch('https://example.com/').then(() => 'sent', () => 'refused')")).toBe(
      'refused',
    );
    const complaints = opened?.complaints ?? [];
    expect(complaints.length).toBeGreaterThan(0);
    for (const complaint of complaints)
      expect(complaint).toMatch(/Content Security Policy|TrustedHTML|TrustedScript/);
    await page.context().close();
    opened = undefined;
  });
});

describe('the page of a large cluster', () => {
  /** Where a person would point at a cell of the matrix. */
  async function pointAt(page: Page, row: string, column: string): Promise<{ x: number; y: number }> {
    const middle = async (selector: string) => {
      const box = await page.locator(selector).boundingBox();
      if (box === null) throw new Error(`${selector} is not shown`);
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    };
    const { y } = await middle(`.row-names [title="${row}"]`);
    const { x } = await middle(`.column-names [title="${column}"]`);
    return { x, y };
  }

  test('opens as a matrix, whose names open a namespace, and goes back to it', async () => {
    const page = await open('company');
    expect(await page.locator('.row-names .room-name').count()).toBe(30);
    expect(await text(page, '#panel')).toContain('ordered by who talks to whom');
    expect(await page.locator('#canvas').isVisible()).toBe(false);
    await page.locator('.row-names [title="catalog-prod"]').click();
    expect(await text(page, '#crumb')).toBe('catalog-prod');
    expect(await page.locator('#canvas .node.workload').count()).toBe(11);
    await page.keyboard.press('Escape');
    expect(await page.locator('#matrix').isVisible()).toBe(true);
    await page.goBack();
    expect(await text(page, '#crumb')).toBe('catalog-prod');
  });

  test('says what a cell of the matrix stands for, and lists its pairs on a click', async () => {
    const page = await open('company');
    const cell = await pointAt(page, 'monitoring', 'catalog-prod');
    await page.mouse.move(cell.x, cell.y);
    expect(await text(page, '#hint')).toBe('monitoring → catalog-prod: 9090 · 11 pairs');
    expect(await page.locator('.row-names .lit').innerText()).toBe('monitoring');
    await page.mouse.click(cell.x, cell.y);
    expect(await text(page, '#panel')).toMatch(/monitoring → catalog-prod\s+11 pairs allowed, 22 denied/);
    await page.locator('#panel .row.allowed', { hasText: 'postgres' }).click();
    expect(await text(page, '#verdict')).toBe('Allowed on 9090');
    expect(await text(page, '#crumb')).toBe('catalog-prod');
  });

  test('moves through the matrix with the keyboard, and finds names in it', async () => {
    const page = await open('company');
    await page.locator('.cells').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    const hint = await text(page, '#hint');
    expect(hint).toContain(' → ');
    await page.keyboard.press('Enter');
    expect(await text(page, '#panel h2')).toBe(hint.split(':')[0]);
    await page.keyboard.press('/');
    await page.keyboard.type('fraud');
    expect((await page.locator('.row-names .found').allInnerTexts()).sort()).toEqual([
      'fraud-prod',
      'fraud-staging',
    ]);
  });

  test('keeps its names readable on a phone, and fits all of it on demand', async () => {
    const page = await open('company');
    await page.setViewportSize({ width: 390, height: 844 });
    const sizes = await page
      .locator('.row-names .name')
      .evaluateAll((all) => all.map((each) => (each as unknown as { clientHeight: number }).clientHeight));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
    const width = async () => Number(await page.locator('.cells').getAttribute('width'));
    const before = await width();
    expect(before).toBeGreaterThan(390);
    await page.locator('#zoom-fit').click();
    expect(await width()).toBeLessThan(270);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });

  test('finds a workload by a part of its name and goes there', async () => {
    const page = await open('company');
    await page.keyboard.press('/');
    await page.keyboard.type('payments-prod post');
    expect(await page.locator('#found [role=option]').allInnerTexts()).toEqual([
      expect.stringMatching(/^postgres\s+payments-prod$/),
    ]);
    expect(await page.locator('.row-names .found').allInnerTexts()).toEqual(['payments-prod']);
    await page.keyboard.press('Enter');
    expect(await text(page, '#panel h2')).toBe('postgres');
    expect(await text(page, '#crumb')).toBe('payments-prod');
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
      'payments-prod/postgres, StatefulSet, isolated for ingress',
    );
  });

  test('can be used with the keyboard alone', async () => {
    const page = await open('company', '#namespace=payments-prod');
    const focused = async () =>
      String(await page.evaluate("document.activeElement.getAttribute('aria-label')"));
    for (let tabs = 0; tabs < 5 && !(await focused()).includes('payments-prod'); tabs += 1) {
      await page.keyboard.press('Tab');
    }
    expect(await focused()).toBe('every workload of payments-prod');
    const seen = new Set<string>();
    for (const key of ['ArrowUp', 'ArrowRight', 'ArrowRight', 'ArrowUp', 'ArrowLeft', 'ArrowDown']) {
      await page.keyboard.press(key);
      seen.add(await focused());
    }
    expect(seen.size).toBeGreaterThan(3);
    const [key] = (await focused()).split(',');
    expect(key).toMatch(/^payments-prod\//);
    await page.keyboard.press('Enter');
    expect(await page.locator('#ask-from').inputValue()).toBe(key);
    // On to the details: the first connection there is a button, whose answer is read with the keyboard, too.
    await page.locator('#panel .row').first().focus();
    await page.keyboard.press('Enter');
    expect(await text(page, '#verdict')).toMatch(/^Allowed on /);
    await page.keyboard.press('Escape');
    expect(await page.locator('#verdict').count()).toBe(0);
    await page.keyboard.press('?');
    expect(await page.locator('#keys').isVisible()).toBe(true);
  });

  test('says if more is denied than can be drawn, and draws it for one workload', async () => {
    const page = await open('company', '#namespace=payments-prod');
    await page.keyboard.press('d');
    expect(await text(page, '#hint')).toMatch(/^\d+ pairs are denied here, too many to draw at once/);
    expect(await page.locator('.gap').count()).toBe(0);
    await page.goto(
      `${page.url().split('#')[0]}#namespace=payments-prod&workload=payments-prod%2Fredis&denied=`,
    );
    expect(await page.locator('.gap').count()).toBeGreaterThan(5);
    expect(await text(page, '#hint')).toBe('');
  });

  test('lists what an arrow bundles', async () => {
    const page = await open('company', '#namespace=payments-prod');
    await part(page, 'every workload').click();
    expect(await text(page, '#panel h2')).toBe('every workload of payments-prod');
    expect(await page.locator('#panel .row').allInnerTexts()).toEqual([
      expect.stringContaining('monitoring'),
      expect.stringContaining('kube-system'),
    ]);
    await clickArrow(page, 'monitoring → every workload: 9090');
    expect(await text(page, '#panel')).toContain('12 connections');
    await page.locator('#panel .row', { hasText: 'redis' }).click();
    expect(await text(page, '#verdict')).toBe('Allowed on 9090');
  });

  test('zooms with the wheel and by buttons, pans by dragging, and fits again', async () => {
    const page = await open('company', '#namespace=payments-prod');
    const seen = () => page.locator('#canvas svg').getAttribute('viewBox');
    const whole = await seen();
    await page.mouse.move(500, 450);
    await page.mouse.wheel(0, -400);
    const close = await seen();
    expect(Number(close?.split(' ')[2])).toBeLessThan(Number(whole?.split(' ')[2]));
    await page.mouse.down();
    await page.mouse.move(560, 500, { steps: 4 });
    await page.mouse.up();
    expect(await seen()).not.toBe(close);
    // A drag is no click: nothing was opened.
    expect(await text(page, '#crumb')).toBe('payments-prod');
    expect(new URL(page.url()).hash).toBe('#namespace=payments-prod');
    await page.locator('#zoom-fit').click();
    expect(await seen()).toBe(whole);
  });
});

describe('the page of hostile names', () => {
  test('shows them as text, whatever is clicked', async () => {
    const page = await open('hostile');
    for (const workload of await page.locator('#canvas .node').all()) await workload.click({ force: true });
    await page.keyboard.press('/');
    await page.keyboard.type('script');
    expect(await page.locator('#found').innerText()).toContain('</script><script>alert(1)</script>');
    expect(await page.locator('#canvas title').allTextContents()).toContain(hostileNames[1]);
    expect(await page.evaluate('document.scripts.length')).toBe(2);
  });
});

describe('the command', () => {
  test('writes the page from a checkout', async () => {
    const path = join(folder, 'sample.html');
    const session = 'test/cli/sessions/graph';
    execFileSync(
      process.execPath,
      ['src/main.ts', 'graph', '-f', `${session}/app.yaml`, '-f', `${session}/ring.yaml`, '-o', path],
      {
        stdio: 'ignore',
      },
    );
    opened = await openFile(browser, path, { hash: '#from=tools/debug&to=shop/mongo', colorScheme: 'dark' });
    expect(await text(opened.page, '#verdict')).toBe('Denied on every port');
  });
});
