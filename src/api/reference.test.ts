import { describe, expect, test } from '@jest/globals';
import { customResources } from './custom-resources.ts';
import { decodeAppNetworkProfile, decodeNetworkPause, decodePlatformNetworkProfile } from './decode.ts';
import { appNetworkProfileExample, networkPauseExample, platformNetworkProfileExample } from './examples.ts';
import { fieldPaths, referencePage } from './reference.ts';
import { exampleAt, inlineYaml } from './reference-text.ts';

const examples = {
  AppNetworkProfile: appNetworkProfileExample,
  PlatformNetworkProfile: platformNetworkProfileExample,
  NetworkPause: networkPauseExample,
};

/** A label selector is documented once for all, so that its parts need one example, not one for each selector. */
const isOfSelector = (path: string) => /(matchLabels|matchExpressions)/.test(path);

describe('the examples', () => {
  test('decode', () => {
    expect(decodeAppNetworkProfile(appNetworkProfileExample)).toMatchObject({ ok: true });
    expect(decodePlatformNetworkProfile(platformNetworkProfileExample)).toMatchObject({ ok: true });
    expect(decodeNetworkPause(networkPauseExample)).toMatchObject({ ok: true });
  });

  test('have every field of the PlatformNetworkProfile', () => {
    const [, platform] = customResources;
    const paths = platform ? fieldPaths(platform).filter((path) => !isOfSelector(path)) : [];
    expect(paths.length).toBeGreaterThan(60);
    expect(paths.filter((path) => exampleAt(platformNetworkProfileExample, path) === undefined)).toEqual([]);
  });

  test('have every field of the AppNetworkProfile, each end on one side', () => {
    const [app] = customResources;
    const paths = app ? fieldPaths(app).filter((path) => !isOfSelector(path)) : [];
    const either = (path: string) => [path, path.replace('.from', '.to'), path.replace('.to', '.from')];
    const missing = paths.filter((path) =>
      either(path).every((one) => exampleAt(appNetworkProfileExample, one) === undefined),
    );
    expect(paths.length).toBeGreaterThan(50);
    expect(missing).toEqual([]);
  });
});

describe('a reference page', () => {
  test('links from a field to the section about its type', () => {
    const [app] = customResources;
    expect(app && referencePage(app, appNetworkProfileExample, JSON.stringify)).toMatch(/\]\(#\w/);
  });

  test.each(customResources)('of $kind links to no section that it does not have', (resource) => {
    const example = examples[resource.kind as keyof typeof examples];
    const page = referencePage(resource, example, JSON.stringify);
    const targets = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target]) => target);
    const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, text]) =>
      text?.toLowerCase().replaceAll(' ', '-'),
    );
    expect(targets.filter((target) => !headings.includes(target))).toEqual([]);
  });

  test.each(customResources)('of $kind has an example for every field that is not an object', (resource) => {
    const example = examples[resource.kind as keyof typeof examples];
    const page = referencePage(resource, example, JSON.stringify);
    const items = page.split('\n- **').slice(1);
    const without = items.filter(
      (item) => !/(: object|list of [^\n]*: (object|\[condition))/.test(item) && !/Example: /.test(item),
    );
    expect(items.length).toBeGreaterThan(5);
    expect(without).toEqual([]);
  });
});

describe('a value on one line', () => {
  test.each([
    [{ app: 'web' }, '{app: web}'],
    [['true', '443', 443, true], '["true", "443", 443, true]'],
    ['prod-*', '"prod-*"'],
    [{}, '{}'],
  ])('%j is written as %s', (value, text) => {
    expect(inlineYaml(value)).toBe(text);
  });
});
