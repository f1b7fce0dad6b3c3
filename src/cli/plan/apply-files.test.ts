import { expect, test } from '@jest/globals';
import { asStored } from '../../objects/as-stored.ts';
import { applyFiles } from './apply-files.ts';

const service = (more: object) =>
  asStored({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'dns', namespace: 'kube-system' },
    ...more,
  });

const live = service({
  metadata: {
    name: 'dns',
    namespace: 'kube-system',
    uid: 'its own',
    labels: { theirs: 'yes', both: 'live' },
  },
  spec: { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ports: [{ port: 53 }] },
  status: { loadBalancer: {} },
});

test('what is applied keeps what only the cluster knows of it', () => {
  const file = service({
    metadata: { name: 'dns', namespace: 'kube-system', labels: { both: 'file' } },
    spec: { ports: [{ port: 5353 }] },
  });
  expect(applyFiles([live], [file])).toEqual([
    {
      ...live,
      metadata: { ...live.metadata, labels: { theirs: 'yes', both: 'file' } },
      spec: { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ports: [{ port: 5353 }] },
    },
  ]);
});

test('nothing is deleted, and what is new is added as it is', () => {
  const file = service({ metadata: { name: 'web', namespace: 'shop' }, spec: {} });
  expect(applyFiles([live], [file])).toEqual([live, file]);
  expect(applyFiles([], [file])).toEqual([file]);
});
