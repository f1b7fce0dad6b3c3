import { describe, expect, test } from '@jest/globals';
import type { WorkloadEnd } from '../../analyze/endpoints.ts';
import type { KubernetesObject, RawMetadata } from '../../kube/resource.ts';
import { asStored } from '../../objects/as-stored.ts';
import { formatInstructions, instructionsFor } from './instructions.ts';
import { newObject, newProfile, profileWith, type SuggestedChange } from './suggested-changes.ts';

const route = { name: 'r', from: { app: 'a' }, to: { app: 'b' } };

function profile(metadata: Partial<RawMetadata> = {}): KubernetesObject {
  return asStored({
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'AppNetworkProfile',
    metadata: { namespace: 'pay', name: 'pay', ...metadata },
    spec: { routes: [] },
  });
}

function namespace(metadata: Partial<RawMetadata>): KubernetesObject {
  return asStored({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'pay', ...metadata } });
}

function podsOf(place: string): WorkloadEnd {
  return { workload: { kind: 'Deployment', namespace: place, name: 'web' } };
}

/** The first line for people, of changes in a cluster. */
function told(changes: readonly SuggestedChange[], objects: readonly KubernetesObject[] = [], from = 'shop') {
  const instructions = instructionsFor(changes, [podsOf(from), podsOf('pay')], { objects });
  return formatInstructions(instructions, 'it').trimStart().split('\n')[0];
}

describe('what to write', () => {
  test.each<[string, Partial<RawMetadata>, string]>([
    ['a label', { labels: { 'example.com/team': 'payments' } }, 'its team, `payments`,'],
    ['an annotation', { annotations: { owner: 'pat@example.com' } }, 'its team, `pat@example.com`,'],
    [
      'the owner before the team',
      { labels: { team: 'payments' }, annotations: { 'example.com/owner': 'pat' } },
      'its team, `pat`,',
    ],
    ['nothing that is empty', { labels: { team: '' } }, 'its team'],
    ['no other word', { labels: { teamwork: 'x', 'team/size': '3' } }, 'its team'],
  ])('in another namespace names its owner by %s', (_, metadata, team) => {
    const created = newProfile({ namespace: 'pay', name: 'new' }, [route]);
    expect(told([created], [namespace(metadata)])).toBe(
      `To allow it, apply this in namespace \`pay\`, or ask ${team} to:`,
    );
  });

  test('asks nobody if both ends are in one namespace', () => {
    const created = newProfile({ namespace: 'pay', name: 'new' }, [route]);
    const owned = [namespace({ labels: { team: 'payments' } })];
    expect(told([created], owned, 'pay')).toBe('To allow it, apply this in namespace `pay`:');
  });

  test('in a profile of a cluster says how it is edited, or which program writes it', () => {
    const writtenBy = (manager: string) =>
      profile({ managedFields: [{ manager, time: '2026-01-01T00:00:00Z', fieldsV1: { 'f:spec': {} } }] });
    const add = 'To allow it, add this to `spec.routes` of profile `pay` in namespace `pay`';
    const edit = `${add} (in its file, or with \`kubectl edit appnet pay -n pay\`):`;
    expect(told([profileWith(profile(), [route])], [], 'pay')).toBe(edit);
    expect(told([profileWith(writtenBy('kubectl-client-side-apply'), [route])], [], 'pay')).toBe(edit);
    expect(told([profileWith(writtenBy('argocd-controller'), [route])], [], 'pay')).toBe(
      `${add}, at the source of \`argocd-controller\`, which wrote it:`,
    );
  });

  test('in two namespaces is two steps, and new objects of one namespace are one', () => {
    const policies = ['a', 'b'].map((name) =>
      newObject(`{apiVersion: v1, kind: NetworkPolicy, metadata: {name: ${name}, namespace: shop}}`),
    );
    const instructions = instructionsFor(
      [profileWith(profile(), [route]), ...policies],
      [podsOf('shop'), podsOf('pay')],
      { objects: [] },
    );
    const steps = formatInstructions(instructions, 'it').match(/^\d\. .*$|^---$/gm);
    expect(steps).toEqual([
      expect.stringMatching(/^1\. add this to `spec.routes` of profile `pay` in namespace `pay`/),
      '2. apply this in namespace `shop`, or ask its team to:',
      '---',
    ]);
  });
});
