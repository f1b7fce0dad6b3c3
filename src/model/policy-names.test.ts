import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, type Direction, directions } from './network-policy.ts';
import {
  allowPolicyName,
  clusterName,
  denyNames,
  dnsName,
  eventName,
  monitoringName,
  secondName,
  shortenedLabelValue,
  transitionName,
} from './policy-names.ts';
import type { LabelSelector } from './selectors.ts';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dnsSubdomain = new RegExp(`^${label}([.]${label})*$`);
const labelValueSyntax = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Names as users give them, many of them near the limits, and with a common beginning. */
const objectName = fc
  .tuple(
    fc.constantFrom('', 'team.', 'a'.repeat(50), 'x-'.repeat(120), 'b.'.repeat(118)),
    fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,20}[a-z0-9])?$/),
  )
  .map((parts) => parts.join('').slice(0, 253))
  .filter((name) => dnsSubdomain.test(name));

/** The hash at the end of a name. */
function tailOf(name: string): string {
  return name.slice(-16);
}

describe('the names of the ring', () => {
  test('are DNS subdomains under the prefix, and differ', () => {
    const names = [...Object.values(denyNames), monitoringName, dnsName, clusterName, transitionName];
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) {
      expect(name).toMatch(dnsSubdomain);
      expect(name).toMatch(/^ringfence-/);
    }
  });
});

describe('a second name', () => {
  test('is always the same for the same name, and starts as it does', () => {
    expect(secondName(denyNames.Ingress)).toBe(secondName(denyNames.Ingress));
    expect(secondName(denyNames.Ingress)).toMatch(/^ringfence-default-deny-ingress-[0-9a-v]{16}$/);
  });

  test('is a DNS subdomain of at most 253 characters, under the same prefix', () => {
    fc.assert(
      fc.property(objectName, (name) => {
        const second = secondName(`ringfence-${name}`.slice(0, 253).replace(/[-.]+$/, ''));
        expect(second).toMatch(dnsSubdomain);
        expect(second.length).toBeLessThanOrEqual(253);
        expect(second).toMatch(/^ringfence-/);
      }),
    );
  });

  test('is never that of another name, nor any name that has one', () => {
    fc.assert(
      fc.property(objectName, objectName, (one, other) => {
        fc.pre(one !== other);
        expect(secondName(one)).not.toBe(secondName(other));
        expect(secondName(one)).not.toBe(one);
      }),
    );
  });

  test('has a second name of its own', () => {
    fc.assert(
      fc.property(objectName, (name) => {
        const chain = [name, secondName(name), secondName(secondName(name))];
        expect(new Set(chain).size).toBe(3);
      }),
    );
  });
});

describe('a name as a label value', () => {
  test('is itself where it fits', () => {
    expect(shortenedLabelValue('a'.repeat(63))).toBe('a'.repeat(63));
  });

  test('is a label value of at most 63 characters', () => {
    fc.assert(fc.property(objectName, (name) => expect(shortenedLabelValue(name)).toMatch(labelValueSyntax)));
  });

  test('is cut with a hash, so that names that differ after the cut stay apart', () => {
    expect(shortenedLabelValue(`${'a'.repeat(70)}-blue`)).not.toBe(
      shortenedLabelValue(`${'a'.repeat(70)}-green`),
    );
    fc.assert(
      fc.property(objectName, objectName, (one, other) => {
        fc.pre(one !== other);
        expect(shortenedLabelValue(one)).not.toBe(shortenedLabelValue(other));
      }),
    );
  });

  test('does not end in punctuation where the cut falls on it', () => {
    expect(shortenedLabelValue(`${'a'.repeat(43)}-.-${'b'.repeat(20)}`)).toMatch(/^a{43}-{4}[0-9a-v]{16}$/);
  });

  test('is never the one that a longer name is cut to, which somebody could choose as a name', () => {
    for (const long of ['a'.repeat(70), `${'a'.repeat(43)}-.-${'b'.repeat(20)}`]) {
      const copied = shortenedLabelValue(long);
      expect(shortenedLabelValue(copied)).not.toBe(copied);
      expect(shortenedLabelValue(shortenedLabelValue(copied))).not.toBe(shortenedLabelValue(copied));
      expect(shortenedLabelValue(copied)).toMatch(labelValueSyntax);
    }
  });
});

describe('the name of a policy for openings', () => {
  const web = { matchLabels: { app: 'web' } };
  const name = (stem: string, pods: object = web, owner = 'AppNetworkProfile' as const) =>
    allowPolicyName(owner, stem, { direction: 'Ingress', pods }, '0 of 1');

  test('says whose they are and which pods they open', () => {
    expect(name('shop')).toMatch(/^ringfence-shop-web-[0-9a-v]{16}$/);
    expect(name('shop', {})).toMatch(/^ringfence-shop-pods-[0-9a-v]{16}$/);
    expect(name('shop', { matchLabels: { app: '' } })).toMatch(/^ringfence-shop-pods-/);
    expect(name('shop', { matchLabels: { app: 'Web_Front.v2' } })).toMatch(/^ringfence-shop-web-front-v2-/);
  });

  test('is another for the platform and for a profile that is called as its policies are', () => {
    const opening = { direction: 'Ingress', pods: web } as const;
    expect(allowPolicyName('PlatformNetworkProfile', 'exposed', opening, '0 of 1')).not.toBe(
      allowPolicyName('AppNetworkProfile', 'exposed', opening, '0 of 1'),
    );
  });

  test('says that it is about the way out, and is another than for the way in', () => {
    const out = allowPolicyName('AppNetworkProfile', 'shop', { direction: 'Egress', pods: web }, '0 of 1');
    expect(out).toMatch(/^ringfence-shop-web-out-[0-9a-v]{16}$/);
    expect(tailOf(out)).not.toBe(tailOf(name('shop')));
  });

  test('is another one if the borders between its parts are elsewhere', () => {
    expect(name('a-b', { matchLabels: { app: 'c' } })).not.toBe(name('a', { matchLabels: { app: 'b-c' } }));
  });

  test('never looks like a temporary policy, which would be deleted as a leftover', () => {
    for (const stem of ['transition', 'transition-web', 'transition-0123456789']) {
      expect(name(stem)).toMatch(/^ringfence-profile-transition/);
    }
    expect(name('transitions')).toMatch(/^ringfence-transitions-web-/);
  });

  test('is a DNS subdomain of at most 253 characters, and another for another profile, pods or part', () => {
    const value = fc.stringMatching(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/);
    const parts = fc.tuple(objectName, value, fc.nat({ max: 3 }), fc.constantFrom(...directions));
    const made = ([stem, app, part, direction]: readonly [string, string, number, Direction]) =>
      allowPolicyName(
        'AppNetworkProfile',
        stem,
        { direction, pods: { matchLabels: { app } } },
        `${part} of 4`,
      );
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(made(one)).toMatch(dnsSubdomain);
        expect(made(one).length).toBeLessThanOrEqual(253);
        fc.pre(one.join('/') !== other.join('/'));
        expect(made(one)).not.toBe(made(other));
      }),
    );
  });
});

describe('the hash in a name', () => {
  const nameOf = (stem: string, pods: LabelSelector, part = '0 of 1', direction: Direction = 'Ingress') =>
    allowPolicyName('AppNetworkProfile', stem, { direction, pods }, part);

  test('has 80 bits: each of its 16 characters takes 32 values, whatever the others are', () => {
    const tails = Array.from({ length: 10_000 }, (_, build) =>
      tailOf(nameOf('data', { matchLabels: { app: 'web', build: `${build}` } })),
    );
    const places = Array.from({ length: 16 }, (_, place) => place);
    for (const place of places) {
      expect(new Set(tails.map((tail) => tail[place])).size).toBe(32);
      for (const other of places.slice(place + 1)) {
        // All but a few of the 1024 pairs turn up: places that hang together would have far fewer.
        expect(new Set(tails.map((tail) => `${tail[place]}${tail[other]}`)).size).toBeGreaterThan(1000);
      }
    }
  });

  test('keeps apart what a birthday search found to be one with 40 bits', () => {
    const [one, other] = ['133242', '1224883'].map((build) =>
      nameOf('data', { matchLabels: { app: 'web', build } }),
    );
    expect(one).not.toBe(other);
  });

  test('keeps apart all that is made of the same few words, wherever the borders between them are', () => {
    const words = ['a', 'b', 'a-b', 'b-a', 'a.b', 'out', 'a-out', 'pods', 'mirror', 'a-pods', '0-of-1'];
    const selectors = words.flatMap((value): LabelSelector[] => [
      { matchLabels: { app: value } },
      { matchLabels: { a: value, b: value } },
      ...words.map((key): LabelSelector => ({ matchLabels: { [key]: value } })),
      { matchExpressions: [{ key: 'app', operator: 'In', values: [value] }] },
      { matchExpressions: [{ key: 'app', operator: 'NotIn', values: [value] }] },
    ]);
    const inputs = (['AppNetworkProfile', 'PlatformNetworkProfile'] as const).flatMap((owner) =>
      words.flatMap((stem) =>
        selectors.flatMap((pods) =>
          directions.flatMap((direction) =>
            ['0 of 1', '0 of 2', '1 of 2', '0 of 16'].map(
              (part) => [owner, stem, { direction, pods }, part] as const,
            ),
          ),
        ),
      ),
    );
    const different = new Set(
      inputs.map(([owner, stem, of, part]) => [owner, stem, canonicalJson(of), part].join('|')),
    );
    const names = inputs.map((input) => allowPolicyName(...input));
    const all = [names, names.map(secondName), names.map((name) => secondName(secondName(name)))].flat();
    expect(new Set(all).size).toBe(3 * different.size);
  });
});

describe('the name of an Event', () => {
  test('is a DNS subdomain, and another for everything that is reported', () => {
    const told = fc.array(fc.constantFrom('a', 'a,b', 'b', '"', undefined, true), { maxLength: 4 });
    fc.assert(
      fc.property(objectName, told, told, (name, one, other) => {
        expect(eventName(name, one)).toMatch(dnsSubdomain);
        expect(eventName(name, one).length).toBeLessThanOrEqual(253);
        expect(eventName(name, one) === eventName(name, other)).toBe(
          JSON.stringify(one) === JSON.stringify(other),
        );
      }),
    );
  });
});
