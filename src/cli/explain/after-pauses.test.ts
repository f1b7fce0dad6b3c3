import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { asStored, type WrittenObject } from '../../objects/as-stored.ts';
import { snapshotOf } from '../snapshot/cluster-snapshot.ts';
import { afterPauses } from './after-pauses.ts';
import { ask } from './ask.ts';
import { nameContextOf } from './name-context.ts';

const policy = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ringfence-pause
  namespace: shop
  labels: {app.kubernetes.io/managed-by: ringfence}
  ownerReferences:
  - {apiVersion: ringfence.dev/v1alpha1, kind: PlatformNetworkProfile, name: default, uid: a, controller: true}
spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{}]}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {containers: [{name: a, image: a}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: api, namespace: shop}, spec: {containers: [{name: a, image: a}]}}
`;

/** What is known of the pause of a cluster in which its policy is still there. */
function pausedUntil(until: string) {
  const pause = `
apiVersion: ringfence.dev/v1alpha1
kind: NetworkPause
metadata: {name: shop}
spec: {namespace: shop, until: "${until}", reason: outage}
`;
  const documents = parseAllDocuments(`${policy}---${pause}`);
  const objects = documents.map((document) => asStored(document.toJS() as WrittenObject));
  const snapshot = snapshotOf(objects, 'ringfence-system');
  const words = { from: 'web', to: 'api', port: undefined, names: nameContextOf(snapshot, 'shop') };
  const { found } = ask(words, snapshot.facts);
  return afterPauses(words, found, snapshot.facts, snapshot, 'ringfence-system');
}

describe('a pause whose policy opens an end', () => {
  test('is told with the time when it ends', () => {
    expect(pausedUntil('2999-01-01T00:00:00Z')).toMatchObject({
      messages: [
        expect.stringContaining('`shop` is paused until 2999-01-01T00:00:00Z by NetworkPause `shop`'),
      ],
      pauses: [{ name: 'shop', isOver: false }],
    });
  });

  test('is not called a pause until a time that is past', () => {
    expect(pausedUntil('2020-01-01T00:00:00Z')).toMatchObject({
      messages: [
        expect.stringContaining(
          '`shop` is still open, although it was paused only until 2020-01-01T00:00:00Z',
        ),
      ],
      pauses: [{ name: 'shop', isOver: true }],
    });
  });
});
