import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { company, hostile, hostileNames, shop } from '../../test/drawn-clusters.ts';
import { pageTools } from '../../test/page-tools.ts';
import { analyze } from '../analyze/analysis.ts';
import type { AnalysisInput } from '../analyze/facts.ts';
import { modelOf } from './from-analysis.ts';
import { hasPictures, htmlFile } from './html.ts';
import type { PageData } from './page-format.ts';

async function pageOf(input: AnalysisInput, title = 'Who reaches whom'): Promise<string> {
  return htmlFile({ title, model: modelOf(analyze(input)) }, pageTools);
}

function dataOf(page: string): PageData {
  const [, json = ''] = /<script type="application\/json" id="data">(.*)<\/script>/.exec(page) ?? [];
  return JSON.parse(json) as PageData;
}

describe('the page', () => {
  test('allows its own style and script by their hashes, and nothing else', async () => {
    const page = await pageOf(shop());
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const hash = (tag: string) => {
      const [, text = ''] = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(page) ?? [];
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    };
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `style-src ${hash('style')}`,
      `script-src ${hash('script')}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  test('names no address of anything that it would have to load', async () => {
    const page = await pageOf(shop());
    const addresses = page.match(/\b(?:https?|wss?|ftp):[^\s"'<>)]*/g) ?? [];
    expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg']));
    expect(page).not.toMatch(/@import|url\(/);
  });

  test('holds every name as text only', async () => {
    const page = await pageOf(hostile(), hostileNames[0]);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script/g)).toHaveLength(2);
    expect(page.replace(/<script.*?<\/script>/gs, '')).not.toMatch(
      /<img|<!--|<[^>"]*(?:"[^"]*"[^>"]*)*\son\w+=/,
    );
    const names = new Set(dataOf(page).places.map(({ name }) => name));
    for (const name of hostileNames) expect(names).toContain(JSON.parse(JSON.stringify(name)));
  });

  test('has a picture of everything, of all namespaces, and of each', async () => {
    const page = await pageOf(shop());
    expect(dataOf(page).views.map(({ id, name }) => [id, name])).toEqual([
      ['workloads', 'Workloads'],
      ['namespaces', 'Namespaces'],
      ['room0', 'ingress-nginx'],
      ['room1', 'monitoring'],
      ['room2', 'shop'],
      ['room3', 'shop-admin'],
      ['room4', 'outside the cluster'],
    ]);
    for (const { id } of dataOf(page).views)
      expect(page).toContain(`<template id="drawing-${id}"><svg class="drawing"`);
  });

  test('gives each workload a key of its own', async () => {
    const { places } = dataOf(await pageOf(hostile()));
    expect(new Set(places.map(({ key }) => key)).size).toBe(places.length);
  });

  test('of many namespaces needs no Graphviz', () => {
    const model = modelOf(analyze(company()));
    const { graphviz: _, ...tools } = pageTools;
    expect(hasPictures({ model })).toBe(false);
    expect(htmlFile({ model }, tools)).toBe(htmlFile({ model }, pageTools));
    expect(hasPictures({ model, only: ['catalog-prod'] })).toBe(true);
    expect(() => htmlFile({ model, only: ['catalog-prod'] }, tools)).toThrow('pictures need Graphviz');
  });
});
