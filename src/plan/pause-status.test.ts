import { describe, expect, test } from '@jest/globals';
import { namespace, object, type PlatformSpec, platform, view, written } from '../../test/fixtures.ts';
import { compile } from '../compile/compile.ts';
import { pauseStatus } from './pause-status.ts';

interface Given {
  /** Of the platform profile; absent: there is none. */
  readonly platform?: PlatformSpec;
  readonly pause?: object;
  readonly others?: readonly object[];
  readonly isMissing?: true;
  /** Whether the policies are written. */
  readonly isWritten?: boolean;
}

const far = '2999-01-02T15:04:05Z';
const past = '2020-01-02T15:04:05Z';
const valid = { namespace: 'shop', until: far, reason: 'checkout is down' };

/** The state and the message of the pause `asked` of the namespace `shop`. */
function statusOf({ platform: spec, pause = {}, others = [], isMissing, isWritten = false }: Given): string {
  const seen = view({
    ...(spec && { platform: platform(spec) }),
    namespaces: isMissing ? [] : [namespace('shop')],
    objects: [
      object('NetworkPause', 'asked', { ...valid, ...pause }),
      ...others.map((other, index) => object('NetworkPause', `other-${index}`, { ...valid, ...other })),
    ],
  });
  const [compiled] = compile(seen).namespaces;
  const asked = seen.pauses.get('shop')?.find(({ name }) => name === 'asked');
  if (asked === undefined) throw new Error('the pause is not seen');
  const whileActive = compile({ ...seen, pauses: new Map([['shop', [{ ...asked, isOver: false }]]]) });
  const status = pauseStatus({
    pause: asked,
    namespaceExists: !isMissing,
    compiled,
    owned: isWritten ? whileActive.policies.map((policy) => written(policy)) : [],
    failure: { reason: 'PermissionMissing', message: 'no permission' },
  });
  expect(status.observedGeneration).toBe(1);
  return `${status.state}: ${status.message}`;
}

const restricted: PlatformSpec = { egress: 'Restricted' };

describe('the status of a pause', () => {
  test.each<[string, Given, string]>([
    [
      'that is in force',
      { platform: restricted, isWritten: true },
      'Active: everything is allowed to and from the pods of `shop`',
    ],
    [
      'of one direction',
      { platform: restricted, pause: { direction: 'Egress' }, isWritten: true },
      'Active: everything is allowed from the pods of `shop`',
    ],
    [
      'whose namespace has open egress',
      { platform: {}, isWritten: true },
      'Active: everything is allowed to the pods of `shop`',
    ],
    [
      'of egress that is open',
      { platform: {}, pause: { direction: 'Egress' } },
      'NotNeeded: Ringfence denies no egress in `shop`: its egress mode is Unrestricted',
    ],
    [
      'whose policy the server refuses',
      { platform: {} },
      'Pending: the policy that allows everything is not written: PermissionMissing: no permission',
    ],
    ['without its namespace', { platform: {}, isMissing: true }, 'Pending: there is no namespace `shop`'],
    [
      'without a platform profile',
      {},
      'NotNeeded: Ringfence denies nothing in `shop`: there is no PlatformNetworkProfile `default`',
    ],
    [
      'of a namespace outside',
      { platform: { namespaces: { exclude: ['shop'] } } },
      'NotNeeded: Ringfence denies nothing in `shop`: the namespace is excluded, as a system namespace or by the platform profile',
    ],
    [
      'in a dry run',
      { platform: { enforcement: 'DryRun' } },
      'NotNeeded: `shop` is in a dry run: nothing is denied yet',
    ],
    [
      'of a namespace that is Off',
      { platform: { enforcement: 'Off' } },
      'NotNeeded: Ringfence denies nothing in `shop`: the namespace is not enforced (Off)',
    ],
    ['that is over', { platform: {}, pause: { until: past } }, `Expired: it ended at ${past}`],
    [
      'that is over while its policy can not be deleted',
      { platform: {}, pause: { until: past }, isWritten: true },
      `Active: it should have ended at ${past}, but its policy is still there: PermissionMissing: no permission`,
    ],
    [
      'that is over while another pause needs the policy',
      { platform: {}, pause: { until: past }, others: [{}], isWritten: true },
      `Expired: it ended at ${past}`,
    ],
    [
      'that can not be read',
      { platform: {}, pause: { until: 'tomorrow' } },
      "Pending: it can't be read, and opens nothing: spec.until: must be a time like `2026-01-02T15:04:05Z` or `2026-01-02T16:04:05+01:00`; `tomorrow` is not",
    ],
  ])('%s', (_, given, expected) => {
    expect(statusOf(given)).toBe(expected);
  });
});
