// An analysis at one of two moments: what is not there at this moment reaches nothing and is reached by nothing.
// Must not know the other moment.
import type { IpRange } from '../model/ip-ranges.ts';
import type { AnalysisInput } from './facts.ts';
import type { Lens } from './lens.ts';
import { classify, type Pods } from './pod-classes.ts';
import { indexPolicies } from './policy-index.ts';
import type { PortsId, PortTable } from './port-table.ts';
import type { Profile } from './profiles.ts';
import { type OpenTargets, Reach, type Row } from './reach.ts';
import { assignRoles, type SourceRole, type TargetRole } from './roles.ts';
import type { Family } from './sides.ts';

/** One side of some pods, as far as it is about addresses. */
export interface AddressSide {
  readonly profile: Profile;
  readonly families: readonly Family[];
}

/** What is reached at one moment, by and of pods that may not be there. */
export class Moment {
  readonly pods: Pods;
  readonly reach: Reach;
  readonly #none: PortsId;

  /** @param lens what the policies of this moment look at, or more */
  constructor(input: AnalysisInput, lens: Lens, table: PortTable) {
    this.pods = classify(input.workloads, lens);
    this.reach = new Reach(assignRoles(this.pods, indexPolicies(input, this.pods.classes), table), table);
    this.#none = table.none;
  }

  rowOf(source: SourceRole | undefined): Row | undefined {
    return source && this.reach.rowOf(source);
  }

  portsAt(row: Row | undefined, target: TargetRole | undefined): PortsId {
    return row && target ? this.reach.portsAt(row, target) : this.#none;
  }

  openPorts(row: Row | undefined, open: OpenTargets | undefined): PortsId {
    return row && open ? this.reach.openPorts(row.source, open) : this.#none;
  }

  portsOfRange(side: AddressSide | undefined, range: IpRange): PortsId {
    const isThere = side?.families.includes(range.family);
    return side && isThere ? this.reach.portsOfRange(side.profile, range) : this.#none;
  }
}
