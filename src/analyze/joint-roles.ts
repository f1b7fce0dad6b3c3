// The same pods before and after: pods that are alike on both sides, as one. Must not know what they reach.

import { compareText } from '../model/object-key.ts';
import type { Bundle } from './connections.ts';
import { compareEnds, keyOf, type WorkloadEnd } from './endpoints.ts';
import type { PodGroup } from './pod-classes.ts';
import type { OpenTargets } from './reach.ts';
import type { TargetRole } from './roles.ts';

/** Something before and after; `undefined` where it is not there. */
export interface Both<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Pods with the same role before, and the same after. */
export interface Joint<Role> extends Both<Role> {
  readonly bundle: Bundle;
}

/** Targets that leave the same open to everyone before, and the same after. */
export interface JointOpen extends Both<OpenTargets> {
  readonly targets: readonly Joint<TargetRole>[];
}

/** Pods of one workload that are alike before and alike after. */
export interface JointPods extends Both<PodGroup> {
  readonly end: WorkloadEnd;
}

/**
 * Joins the pods of workloads that are the same. Where policies tell pods of a workload apart before or after, its pods are
 * joined by their names; at a moment at which they are all alike, that is what each of them is, whatever the names.
 */
export function joinPods(before: readonly PodGroup[], after: readonly PodGroup[]): readonly JointPods[] {
  const was = Map.groupBy(before, workloadKey);
  const is = Map.groupBy(after, workloadKey);
  return [...new Set([...was.keys(), ...is.keys()])]
    .flatMap((key) => joinWorkload(was.get(key) ?? [], is.get(key) ?? []))
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
  const alike = Map.groupBy(byName, (joint) => `${joint.before?.index} ${joint.after?.index}`);
  return [...alike.values()].flatMap((all) => {
    const [joint] = all;
    if (joint === undefined) return [];
    const pods = all.map(({ name }) => name).sort(compareText);
    return [{ end: { workload, pods }, before: joint.before, after: joint.after }];
  });
}

function groupOf(name: string, groups: readonly PodGroup[]): PodGroup | undefined {
  return groups.length === 1 ? groups[0] : groups.find(({ pods }) => pods.some((pod) => pod.name === name));
}

function workloadKey({ end: { workload } }: PodGroup): string {
  return keyOf({ workload });
}

/** Joins the roles of joined pods. */
export function joinRoles<Role extends { readonly index: number; readonly groups: readonly PodGroup[] }>(
  pods: readonly JointPods[],
  before: readonly Role[],
  after: readonly Role[],
): readonly Joint<Role>[] {
  const was = rolesByGroup(before);
  const is = rolesByGroup(after);
  const joints = pods.map(({ end, before: group, after: other }) => ({
    end,
    before: group && was.get(group),
    after: other && is.get(other),
  }));
  const alike = Map.groupBy(joints, (joint) => `${joint.before?.index}/${joint.after?.index}`);
  return [...alike].map(([key, all]) => ({
    before: all[0]?.before,
    after: all[0]?.after,
    bundle: { key, ends: all.map(({ end }) => end) },
  }));
}

/** Joins what targets leave open to everyone; those that leave nothing open at any time are not in it. */
export function joinOpen(
  before: readonly OpenTargets[],
  after: readonly OpenTargets[],
  targets: readonly Joint<TargetRole>[],
): readonly JointOpen[] {
  const was = openByRole(before);
  const is = openByRole(after);
  const joints = targets.map((target) => ({
    target,
    before: target.before && was.get(target.before),
    after: target.after && is.get(target.after),
  }));
  const open = joints.filter((joint) => joint.before !== undefined || joint.after !== undefined);
  const alike = Map.groupBy(open, (joint) => `${joint.before?.index} ${joint.after?.index}`);
  return [...alike.values()].flatMap((all) => {
    const [first] = all;
    return first === undefined ? [] : [{ ...first, targets: all.map(({ target }) => target) }];
  });
}

function rolesByGroup<Role extends { readonly groups: readonly PodGroup[] }>(
  roles: readonly Role[],
): ReadonlyMap<PodGroup, Role> {
  return new Map(roles.flatMap((role) => role.groups.map((group) => [group, role] as const)));
}

function openByRole(open: readonly OpenTargets[]): ReadonlyMap<TargetRole, OpenTargets> {
  return new Map(open.flatMap((each) => each.roles.map((role) => [role, each] as const)));
}
