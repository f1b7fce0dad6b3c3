import { describe, expect, test } from '@jest/globals';
import { denying, object } from '../../test/fixtures.ts';
import type { RawObject } from '../kube/resource.ts';
import { fingerprint } from '../model/network-policy.ts';
import { manifestOf } from '../plan/manifest.ts';
import {
  appNetworkProfiles,
  namespaces,
  networkPauses,
  networkPolicies,
  platformNetworkProfiles,
  readPolicy,
} from './policy-resources.ts';

const metadata = { namespace: 'shop', name: 'theirs', uid: 'uid-1', resourceVersion: '7' };
const ours = { ...metadata, name: 'ringfence-x', labels: { 'app.kubernetes.io/managed-by': 'ringfence' } };

describe('a NetworkPolicy is ours', () => {
  test('if it has both our prefix and our label, whoever owns it', () => {
    expect(readPolicy({ metadata: ours })).toMatchObject({ ours: true, ownerUid: '' });
    const ownerReferences = [{ uid: 'uid-of-another', controller: true }];
    expect(readPolicy({ metadata: { ...ours, ownerReferences } })).toMatchObject({
      ours: true,
      ownerUid: 'uid-of-another',
    });
  });

  test.each([
    ['with our label alone', { ...ours, name: 'theirs' }],
    ['with our prefix alone', { ...metadata, name: 'ringfence-x' }],
    [
      'with our prefix and the label of another tool',
      { ...ours, labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
    ],
    ['whose name only contains our prefix', { ...ours, name: 'my-ringfence-x' }],
  ])('but not %s', (_, given) => {
    expect(readPolicy({ metadata: given })).toMatchObject({ ours: false });
  });

  test('no more if somebody removed the label, which its owner shows', () => {
    const unlabelled = (owner: object) =>
      readPolicy({
        metadata: { ...ours, labels: {}, ownerReferences: [{ uid: 'a', controller: true, ...owner }] },
      });
    expect(unlabelled({ apiVersion: 'ringfence.dev/v1alpha1' })).toMatchObject({
      ours: false,
      unlabelled: true,
    });
    expect(unlabelled({ apiVersion: 'apps/v1' })).not.toHaveProperty('unlabelled');
  });
});

describe('a policy of ours', () => {
  test('is read as what was written', () => {
    const deny = denying('ringfence-default-deny-ingress', 'Ingress');
    const sent = manifestOf(deny) as RawObject;
    const stored = { ...sent, metadata: { ...sent.metadata, uid: 'uid-1', resourceVersion: '7' } };
    expect(readPolicy(stored)).toEqual({
      ours: true,
      namespace: 'shop',
      name: 'ringfence-default-deny-ingress',
      uid: 'uid-1',
      resourceVersion: '7',
      ownerUid: 'uid-of-platform',
      fingerprint: fingerprint(deny.spec),
      isolates: ['Ingress'],
      podSelector: {},
      mirrors: [],
      addressRuleFingerprints: [],
      beingDeleted: false,
    });
  });

  test('shows what others have put on it, and a label that names another profile than its owner', () => {
    const controller = { kind: 'AppNetworkProfile', name: 'team', uid: 'uid-of-team', controller: true };
    const labels = { ...ours.labels, 'ringfence.dev/profile': 'team' };
    const right = { ...ours, labels, ownerReferences: [controller] };
    const marks = (metadata: RawObject['metadata']) => {
      const policy = readPolicy({ metadata });
      return policy.ours && [policy.hasForeignMetadata, policy.mislabelled];
    };
    expect(marks(right)).toEqual([undefined, undefined]);
    expect(marks({ ...right, finalizers: ['a'] })).toEqual([true, undefined]);
    expect(marks({ ...right, annotations: { a: 'b' } })).toEqual([true, undefined]);
    expect(marks({ ...right, labels: { ...labels, a: 'b' } })).toEqual([true, undefined]);
    expect(marks({ ...right, labels: { ...labels, 'ringfence.dev/profile': 'other' } })).toEqual([
      undefined,
      true,
    ]);
    expect(marks({ ...right, labels: ours.labels })).toEqual([undefined, true]);
    expect(marks({ ...ours, labels })).toEqual([undefined, true]);
  });

  test('that our decoder cannot cope with counts as isolating every pod, and as other than wanted', () => {
    const odd = { metadata: ours, spec: { podSelector: {}, policyTypes: { length: 1 } } };
    expect(() => readPolicy(odd)).toThrow();
    expect(networkPolicies.unreadable?.(odd, 'a mistake')).toMatchObject({
      ...{ ours: true, fingerprint: '', podSelector: {}, isolates: ['Ingress', 'Egress'] },
    });
    const theirs = { ...odd, metadata };
    expect(networkPolicies.unreadable?.(theirs, 'a mistake')).toMatchObject({
      ...{ ours: false, isolates: ['Ingress', 'Egress'], allowsEveryone: [] },
    });
  });

  test('that mirrors names the namespaces that it leads to; one of a profile with such a name does not', () => {
    const named = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
    const both = {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['a', 'b'] }],
    };
    const spec = {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        { to: [{ namespaceSelector: named('data') }, { namespaceSelector: both }] },
        { to: [{ namespaceSelector: named('a'), podSelector: {} }] },
      ],
    };
    const mirror = { ...ours, name: 'ringfence-mirror-web-out-0123456789' };
    const labels = { ...ours.labels, 'ringfence.dev/profile': 'mirror' };
    expect(readPolicy({ metadata: mirror, spec })).toMatchObject({ mirrors: ['data', 'a', 'b'] });
    expect(readPolicy({ metadata: { ...mirror, labels }, spec })).toMatchObject({ mirrors: [] });
    expect(readPolicy({ metadata: ours, spec })).toMatchObject({ mirrors: [] });
  });

  test('has the owner that is its controller', () => {
    const ownerReferences = [{ uid: 'a' }, { uid: 'b', controller: true }, { uid: 'c', controller: false }];
    expect(readPolicy({ metadata: { ...ours, ownerReferences } })).toMatchObject({ ownerUid: 'b' });
    expect(readPolicy({ metadata: { ...ours, ownerReferences: [{ uid: 'a' }] } })).toMatchObject({
      ownerUid: '',
    });
  });

  test('waits for a finalizer where it has a deletion timestamp', () => {
    const dying = { ...ours, deletionTimestamp: '2026-01-02T15:04:05Z' };
    expect(readPolicy({ metadata: dying })).toMatchObject({ beingDeleted: true });
  });
});

describe('who edited a policy of ours last', () => {
  const entry = (manager: string, second: number, fieldsV1: object = { 'f:spec': {} }) => ({
    manager,
    operation: 'Update',
    time: `2026-01-02T15:04:0${second}Z`,
    fieldsV1: { ...fieldsV1 },
  });
  const editOf = (...managedFields: readonly ReturnType<typeof entry>[]) => {
    const policy = readPolicy({ metadata: { ...ours, managedFields } });
    return policy.ours ? policy.foreignEdit : undefined;
  };
  const marked = { 'f:metadata': { 'f:finalizers': {}, 'f:annotations': {} } };
  const owned = { 'f:metadata': { 'f:ownerReferences': {} } };

  test('is kept if it was somebody else, with the time', () => {
    expect(editOf(entry('ringfence', 1), entry('kubectl-edit', 3), entry('other', 2))).toEqual({
      manager: 'kubectl-edit',
      operation: 'Update',
      time: '2026-01-02T15:04:03Z',
    });
    expect(editOf(entry('ringfence', 1), entry('thief', 2, owned))?.manager).toBe('thief');
  });

  test('is somebody else if both edited in one second', () => {
    expect(editOf(entry('ringfence', 1), entry('kubectl-edit', 1))?.manager).toBe('kubectl-edit');
    expect(editOf(entry('kubectl-edit', 1), entry('ringfence', 1))?.manager).toBe('kubectl-edit');
  });

  test('is nobody if it was us, or if somebody else only marks it: no memory is spent on that', () => {
    expect(editOf()).toBeUndefined();
    expect(editOf(entry('kubectl-edit', 1), entry('ringfence', 2))).toBeUndefined();
    expect(editOf(entry('ringfence', 1), entry('a-cni', 2, marked))).toBeUndefined();
    expect(readPolicy({ metadata: ours })).not.toHaveProperty('foreignEdit');
  });
});

describe('the directions that a policy isolates', () => {
  const everyPod = { podSelector: {} };

  test.each([
    ['only Ingress, where policyTypes is left out', everyPod, ['Ingress']],
    [
      'Ingress too, where policyTypes is left out and there are egress rules: it cuts off its pods',
      { ...everyPod, egress: [{}] },
      ['Ingress', 'Egress'],
    ],
    ['only Ingress, where the list of egress rules is empty', { ...everyPod, egress: [] }, ['Ingress']],
    [
      'the same, where policyTypes is empty',
      { ...everyPod, policyTypes: [], egress: [{}] },
      ['Ingress', 'Egress'],
    ],
    [
      'what policyTypes says, whatever rules there are',
      { ...everyPod, policyTypes: ['Egress'], ingress: [{}] },
      ['Egress'],
    ],
    ['both, in our order', { ...everyPod, policyTypes: ['Egress', 'Ingress'] }, ['Ingress', 'Egress']],
    ['Ingress of every pod, where there is no spec', undefined, ['Ingress']],
  ])('are %s', (_, spec, expected) => {
    expect(readPolicy({ metadata, spec })).toMatchObject({ isolates: expected });
    expect(readPolicy({ metadata: ours, spec })).toMatchObject({ isolates: expected });
  });

  test('are reported with the pods that it selects, whoever wrote it', () => {
    const spec = { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] };
    const read = { isolates: ['Ingress'], podSelector: spec.podSelector };
    expect(readPolicy({ metadata, spec })).toMatchObject(read);
    expect(readPolicy({ metadata: ours, spec })).toMatchObject(read);
  });
});

describe('a policy lets everyone through', () => {
  const web = { matchLabels: { app: 'web' } };
  const rules = (direction: 'ingress' | 'egress', ...all: readonly object[]) => ({
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    [direction]: all,
  });

  test.each([
    ['an empty rule', rules('ingress', {}), ['Ingress']],
    ['an empty list of peers', rules('ingress', { from: [] }), ['Ingress']],
    ['an empty list of ports', rules('egress', { to: [], ports: [] }), ['Egress']],
    ['an open rule among others', rules('ingress', { from: [{ podSelector: {} }] }, {}), ['Ingress']],
    ['every namespace', rules('ingress', { from: [{ namespaceSelector: {} }] }), ['Ingress']],
    [
      'every pod of every namespace among other peers',
      rules('ingress', { from: [{ podSelector: {} }, { namespaceSelector: {}, podSelector: {} }] }),
      ['Ingress'],
    ],
    [
      'every address, in an old form',
      rules('egress', { to: [{ ipBlock: { cidr: '::ffff:0:0/096' } }] }),
      ['Egress'],
    ],
    ['every address', rules('egress', { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }), ['Egress']],
    ['every address of IPv6', rules('ingress', { from: [{ ipBlock: { cidr: '::/0' } }] }), ['Ingress']],
  ])('with %s', (_, spec, expected) => {
    expect(readPolicy({ metadata, spec })).toMatchObject({ allowsEveryone: expected });
  });

  test.each([
    ['peers', rules('ingress', { from: [{ podSelector: {} }] })],
    ['ports', rules('egress', { ports: [{ port: 443 }] })],
    [
      'some pods of every namespace',
      rules('ingress', { from: [{ namespaceSelector: {}, podSelector: web }] }),
    ],
    ['some namespaces', rules('ingress', { from: [{ namespaceSelector: web }] })],
    [
      'every address but some',
      rules('egress', { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] }),
    ],
    [
      'every namespace on some ports',
      rules('ingress', { from: [{ namespaceSelector: {} }], ports: [{ port: 80 }] }),
    ],
    ['no rules', rules('ingress')],
    ['rules of a direction that it does not speak of', { ...rules('egress', {}), policyTypes: ['Ingress'] }],
  ])('but not with %s', (_, spec) => {
    expect(readPolicy({ metadata, spec })).toMatchObject({ allowsEveryone: [] });
  });
});

describe('a namespace', () => {
  test('is read with its labels, and whether it is going', () => {
    const object = { metadata: { name: 'shop', uid: 'uid-1', resourceVersion: '7' } };
    expect(namespaces.reduce(object)).toEqual({
      namespace: '',
      name: 'shop',
      uid: 'uid-1',
      resourceVersion: '7',
      labels: {},
      terminating: false,
    });
    const dying = { metadata: { ...object.metadata, labels: { a: 'b' }, deletionTimestamp: 'now' } };
    expect(namespaces.reduce(dying)).toMatchObject({ labels: { a: 'b' }, terminating: true });
  });
});

describe('a profile', () => {
  const head = { apiVersion: 'ringfence.dev/v1alpha1', metadata: { ...metadata, generation: 3 } };
  const team = { ...head, kind: 'AppNetworkProfile', spec: { routes: [] }, status: { policies: 2 } };

  test('is read with its generation and its status', () => {
    expect(appNetworkProfiles.reduce(team)).toMatchObject({
      namespace: 'shop',
      name: 'theirs',
      generation: 3,
      terminating: false,
      decoded: { ok: true },
      status: { policies: 2 },
    });
  });

  test('that does not decode is kept with what is wrong, never thrown', () => {
    expect(appNetworkProfiles.reduce({ ...team, spec: { colour: 'blue' } })).toMatchObject({
      uid: 'uid-1',
      decoded: {
        ok: false,
        error: [{ code: 'UnknownField', path: 'spec.colour', message: expect.any(String) }],
      },
    });
    expect(platformNetworkProfiles.reduce({ metadata })).toMatchObject({ decoded: { ok: false } });
    expect(appNetworkProfiles.reduce({ ...team, spec: null })).toMatchObject({ decoded: { ok: false } });
  });
});

test('a pause is another one as soon as it names somebody else', () => {
  const by = (person: string) => {
    const { metadata, ...rest } = object('NetworkPause', 'asked', {
      ...{ namespace: 'shop', until: '2999-01-02T15:04:05Z', reason: 'why' },
    });
    const annotations = { 'ringfence.dev/paused-by': person };
    return networkPauses.reduce({ ...rest, metadata: { ...metadata, annotations } });
  };
  expect(by('anna').by).toBe('anna');
  expect(networkPauses.same?.(by('anna'), by('anna'))).toBe(true);
  expect(networkPauses.same?.(by('anna'), by('berta'))).toBe(false);
});
