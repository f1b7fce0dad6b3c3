// Joins classes of pods before and after: pods that are equal in both inputs are one. Must not know what they reach.

import { groupsBy } from '../model/groups.ts';
import { compareText } from '../model/object-key.ts';
import type { TargetClass } from './classes/equivalence-classes.ts';
import type { PodGroup } from './classes/pod-classes.ts';
import type { Bundle } from './connections.ts';
import { compareEnds, endpointKey, type WorkloadEnd } from './endpoints.ts';
import type { OpenTargets } from './reachability.ts';

/** Something before and after; `undefined` if it does not exist there. */
export interface Both<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Pods of the same class before, and of the same class after. */
export interface Joint<Class> extends Both<Class> {
  readonly bundle: Bundle;
}

/** Targets that leave the same ports open to everyone before, and the same after. */
export interface JointOpen extends Both<OpenTargets> {
  readonly targets: readonly Joint<TargetClass>[];
}

/** Pods of one workload that are equal before and equal after. */
export interface JointPods extends Both<PodGroup> {
  readonly end: WorkloadEnd;
}

/**
 * Joins the pods of the same workloads. If policies distinguish pods of a workload before or after, its pods are
 * joined by name. In the input in which they are all equal, the names make no difference.
 */
export function joinPods(before: readonly PodGroup[], after: readonly PodGroup[]): readonly JointPods[] {
  const allBefore = Map.groupBy(before, workloadKey);
  const allAfter = Map.groupBy(after, workloadKey);
  return [...new Set(allBefore.keys()).union(allAfter)]
    .flatMap((key) => joinWorkload(allBefore.get(key) ?? [], allAfter.get(key) ?? []))
    .sort((a, b) => compareEnds(a.end, b.end));
}

function joinWorkload(before: readonly PodGroup[], after: readonly PodGroup[]): readonly JointPods[] {
  const [first] = [...before, ...after];
  if (first === undefined) return [];
  const { workload } = first.end;
  if (before.length <= 1 && after.length <= 1)
    return [{ end: { workload }, before: before[0], after: after[0] }];
  const names = new Set([...before, ...after].flatMap(({ pods }) => pods.flatMap(({ name }) => name ?? [])));
  const byName = [...names].map((name) => ({
    name,
    before: groupOf(name, before),
    after: groupOf(name, after),
  }));
  return groupsBy(byName, indexesOf).map((alike) => {
    const pods = alike.map(({ name }) => name).sort(compareText);
    return { end: { workload, pods }, before: alike[0].before, after: alike[0].after };
  });
}

function groupOf(name: string, groups: readonly PodGroup[]): PodGroup | undefined {
  return groups.length === 1 ? groups[0] : groups.find(({ pods }) => pods.some((pod) => pod.name === name));
}

function workloadKey({ end: { workload } }: PodGroup): string {
  return endpointKey({ workload });
}

/** Joins the classes of joined pods. */
export function joinClasses<Class extends { readonly index: number; readonly groups: readonly PodGroup[] }>(
  pods: readonly JointPods[],
  before: readonly Class[],
  after: readonly Class[],
): readonly Joint<Class>[] {
  const classBefore = classesByGroup(before);
  const classAfter = classesByGroup(after);
  const joints = pods.map(({ end, ...group }) => ({
    end,
    before: group.before && classBefore.get(group.before),
    after: group.after && classAfter.get(group.after),
  }));
  return groupsBy(joints, indexesOf).map((alike) => {
    const bundle = { key: indexesOf(alike[0]), ends: alike.map(({ end }) => end) };
    return { before: alike[0].before, after: alike[0].after, bundle };
  });
}

/** Joins what targets leave open to everyone; those that leave nothing open at any time are not in it. */
export function joinOpen(
  before: readonly OpenTargets[],
  after: readonly OpenTargets[],
  targets: readonly Joint<TargetClass>[],
): readonly JointOpen[] {
  const openBefore = openByClass(before);
  const openAfter = openByClass(after);
  const joints = targets.map((target) => ({
    target,
    before: target.before && openBefore.get(target.before),
    after: target.after && openAfter.get(target.after),
  }));
  const open = joints.filter((joint) => joint.before !== undefined || joint.after !== undefined);
  return groupsBy(open, indexesOf).map((alike) => ({
    before: alike[0].before,
    after: alike[0].after,
    targets: alike.map(({ target }) => target),
  }));
}

/** A text that is equal for the same pair of a class before and a class after. */
function indexesOf({ before, after }: Both<{ readonly index: number }>): string {
  return `${before?.index}/${after?.index}`;
}

function classesByGroup<Class extends { readonly groups: readonly PodGroup[] }>(
  classes: readonly Class[],
): ReadonlyMap<PodGroup, Class> {
  return new Map(classes.flatMap((each) => each.groups.map((group) => [group, each] as const)));
}

function openByClass(open: readonly OpenTargets[]): ReadonlyMap<TargetClass, OpenTargets> {
  return new Map(open.flatMap((each) => each.classes.map((target) => [target, each] as const)));
}
