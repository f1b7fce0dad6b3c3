// Findings: what Ringfence reports to people, each with a code from one table.
// The table feeds status reasons and docs; a finding is collected, never thrown.
import { count } from './counted.ts';
import { gatewayRouteKindNames } from './gateway-routes.ts';
import type { ObjectKey } from './object-key.ts';

/** How much a finding matters: an `error` means that something that was asked for is not in force. */
export type Severity = 'error' | 'warning' | 'info';

interface FindingKind {
  readonly severity: Severity;
  /** What it means, for the reference docs. */
  readonly meaning: string;
  /** Whether only the linter looks for it, most often because that needs pods, which the operator does not know. */
  readonly linterOnly?: true;
}

/** Every code that a finding can have. */
export const findingKinds = {
  InvalidProfile: {
    severity: 'error',
    meaning:
      'a stored profile does not decode, because its CRD was loosened or has another version; until it does, its policies stay as they are, except for what guardrails forbid',
  },
  InternalError: {
    severity: 'error',
    meaning:
      'a bug in Ringfence itself: the policies of this namespace stay as they are, drift in it is not corrected, and the other namespaces are not affected',
  },
  KindGone: {
    severity: 'error',
    meaning:
      'the cluster no longer knows a kind that Ringfence needs, for example because its CRD was deleted; until the kind is back, nothing is written or deleted because of it',
  },
  Unreadable: {
    severity: 'error',
    meaning:
      'a bug in Ringfence keeps it from reading a stored object; the last known version of the object stays in force, and other objects are not affected',
  },
  NotWritten: {
    severity: 'error',
    meaning:
      "the operator can't write every policy of a namespace, for the reason in its message: a missing permission, an admission webhook, an error of the API server; Events and statuses have that reason instead of this code",
    linterOnly: true,
  },
  NameTaken: {
    severity: 'warning',
    meaning:
      'an object that Ringfence did not write has the name of one of its policies; Ringfence leaves it alone and gives its own policy a second name',
  },
  ForeignPolicy: {
    severity: 'info',
    meaning: 'policies that Ringfence did not write select pods of a ringed namespace; policies add up',
  },
  ForeignAllowAll: {
    severity: 'warning',
    meaning:
      'a policy that Ringfence did not write allows all traffic to, or from, pods of a ringed namespace',
  },
  QuotaExceeded: {
    severity: 'error',
    meaning:
      'a ResourceQuota has no room for the policies of a namespace, for example while an upgrade renames them; until it is raised, the existing policies stay',
  },
  Contested: {
    severity: 'error',
    meaning: 'something else, such as a mutating webhook or another tool, undoes what Ringfence writes',
  },
  OpenedInPart: {
    severity: 'warning',
    meaning:
      'while a namespace is closed or opened, some of its pods may lose connections: the selectors of foreign policies are too complex to open only the pods that change',
  },
  WeakerEgress: {
    severity: 'warning',
    meaning: "a profile asks for a weaker egress mode than the platform's; the platform's mode applies",
  },
  DnsUnknown: {
    severity: 'warning',
    meaning: 'egress is fenced, and the DNS of the cluster has never been found: no rule allows it',
  },
  ApiServerUnknown: {
    severity: 'warning',
    meaning:
      'a rule needs the addresses of the API server or of the control plane, which have never been known',
  },
  ClusterRangesUnknown: {
    severity: 'warning',
    meaning:
      'a rule needs the address ranges of the cluster, but some are unknown or uncertain; rules that are already enforced stay',
  },
  NamespaceMissing: {
    severity: 'warning',
    meaning: 'a route leads to namespaces that do not exist yet',
  },
  NotAdmitted: {
    severity: 'warning',
    meaning:
      'a route leads to fenced namespaces, and none of them lets it in; its suggestion is what to add there',
  },
  PartlyConsented: {
    severity: 'warning',
    meaning: 'a route leads to fenced namespaces, and some of them do not let it in',
  },
  BeyondGuardrails: {
    severity: 'error',
    meaning: 'a route reaches further than the rule of the platform profile for its namespace allows',
  },
  FrozenBeyondGuardrails: {
    severity: 'warning',
    meaning:
      'a policy of a profile that cannot be read stays as it is, except for what guardrails forbid: that is removed',
  },
  SourceClosed: {
    severity: 'warning',
    meaning:
      'a route lets in namespaces whose egress is Restricted and does not lead to it: either the route selects them by labels, and its suggestion is what to add there, or their guardrails do not allow this egress',
  },
  PortsUnclear: {
    severity: 'info',
    meaning:
      'one side of a route names a port that the other side numbers: whether they are the same depends on the pods, which the operator does not watch; `ringfence lint` decides it where it knows the pods, or write the same on both sides',
  },
  ClosedOnceEnforced: {
    severity: 'warning',
    meaning:
      'a route is in force, but its other end is in namespaces that are in a dry run: once these are enforced, they will not let it through; its suggestion is what to add there',
  },
  MirrorsCapped: {
    severity: 'warning',
    meaning:
      'the mirrors of the routes of one namespace, or of all namespaces together, or of what one namespace exposes, would exceed their limit in another namespace; the newest routes are left out, or the last exposing objects by name',
  },
  SourceMissing: {
    severity: 'info',
    meaning:
      'a route, or the platform profile for a shared system or DNS, lets in namespaces that do not exist; they may come later, or a name or a label is misspelt',
  },
  Paused: {
    severity: 'warning',
    meaning:
      'a NetworkPause allows everything to or from the pods of a ringed namespace, until the time that it names',
  },
  LongPause: {
    severity: 'warning',
    meaning: 'a NetworkPause ends more than a week after its creation: what it is for needs routes',
  },
  PauseOverdue: {
    severity: 'error',
    meaning:
      'every NetworkPause of a namespace is over or deleted, and the policy that allows everything is still there: no operator runs, or it may not delete the policy',
    linterOnly: true,
  },
  InvalidPause: {
    severity: 'error',
    meaning:
      'a stored NetworkPause does not decode, because its CRD was loosened or has another version; it opens nothing',
  },
  ClusterAddress: {
    severity: 'warning',
    meaning:
      'a `cidr` of a route is the address of the API server, a Service or a pod, or an `ipBlock` is that of a Service: many CNIs never see it, and it changes; the hint says what to write instead',
  },
  OpensWholeNamespace: {
    severity: 'warning',
    meaning:
      'a route opens every pod of its namespace, or lets every pod of it out to everywhere on every port',
  },
  EntranceClosed: {
    severity: 'warning',
    meaning:
      'a LoadBalancer or NodePort Service of a ringed namespace has pods that no route opens to addresses outside, on any of its ports; in a namespace without a ring, a Service that such a type, an Ingress or a route of the Gateway API leads to, and whose pods let in no such client',
  },
  ControlPlaneShutOut: {
    severity: 'warning',
    meaning:
      'a webhook or an aggregated API leads to a port of pods that no route, or in a namespace without a ring no policy, opens to the control plane',
  },
  DnsShutOut: {
    severity: 'warning',
    meaning: 'the DNS of the cluster is in a ringed namespace, and no route lets every namespace ask it',
  },
  EgressOpen: {
    severity: 'info',
    meaning:
      'a route allows egress that is already open, because egress is not fenced there, or not within the cluster',
  },
  ServiceMissing: {
    severity: 'warning',
    meaning: 'a route names a Service that does not exist yet; it opens when the Service appears',
  },
  ServicePortMissing: {
    severity: 'error',
    meaning: "a route names a port that the Service does not have; often it is the pods' port behind it",
  },
  ServiceExternal: {
    severity: 'error',
    meaning: 'a route names an ExternalName Service, which has no pods',
  },
  ServiceWithoutSelector: {
    severity: 'error',
    meaning: 'a route names a Service without a selector, whose endpoints are maintained by somebody else',
  },
  SystemNotDeclared: {
    severity: 'warning',
    meaning:
      'a route names an ingress controller or monitoring system that the platform profile does not declare',
  },
  SystemPlaceUnknown: {
    severity: 'warning',
    meaning: 'a route names an ingress controller or monitoring system whose pods or addresses are not known',
  },
  BackendUnusable: {
    severity: 'warning',
    meaning: 'an Ingress or a route of the Gateway API leads to something that exposes no pods',
  },
  NamespaceMisspelt: {
    severity: 'warning',
    meaning:
      'a `from` of a route, the platform profile, or a profile in files names a namespace that does not exist, and one with a similar name does',
  },
  ProfileWithoutRing: {
    severity: 'info',
    meaning:
      'a profile is in a namespace that is not ringed or not enforced, so it changes nothing, and its routes are not checked',
    linterOnly: true,
  },
  IngressUnserved: {
    severity: 'warning',
    meaning:
      'no declared and known ingress controller serves an Ingress or a route of the Gateway API, so the ring denies what comes in through it, unless a route lets it in',
  },
  GatewayNotCounted: {
    severity: 'warning',
    meaning:
      'a Gateway does not count as an ingress controller, so its pods are let in nowhere: they run in a namespace that the platform profile does not name in `gatewayNamespaces`, or there are already as many older Gateways as count for one ingress controller',
  },
  LastKnownHolds: {
    severity: 'warning',
    meaning:
      'DNS, the API server or an address range cannot be discovered now; the last known values stay in force',
  },
  AddressNotLocal: {
    severity: 'warning',
    meaning: 'a node-local DNS cache listens on an address that does not stay on the node; no rule allows it',
  },
  NodeImplausible: {
    severity: 'warning',
    meaning:
      'a Node claims addresses or pod ranges that no node can have; they do not count, whoever wrote them',
  },
  NodeRangesUnknown: {
    severity: 'warning',
    meaning: 'a rule needs the addresses of the nodes, which are not known',
  },
  SelectsNoPods: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'a policy or a route selects no pod of its namespace; often its labels are misspelt',
  },
  PeerSelectsNothing: {
    linterOnly: true,
    severity: 'warning',
    meaning:
      'a peer of a rule, an end of a route, or a system or the DNS that the platform profile declares, selects no namespace or no pod; often a name or a label is misspelt',
  },
  SelectsEveryPod: {
    linterOnly: true,
    severity: 'info',
    meaning:
      'a selector of a policy or a route has labels, and selects every pod of a namespace with several workloads all the same',
  },
  ServiceSelectsNoPods: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'a Service selects no pod of its namespace; often its labels are misspelt',
  },
  RulesIgnored: {
    linterOnly: true,
    severity: 'warning',
    meaning:
      'a policy has rules of a direction that its `policyTypes` does not list; Kubernetes ignores them',
  },
  EmptyPort: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'an entry of `ports` has no port and so allows every port of its protocol',
  },
  NeverMatches: {
    linterOnly: true,
    severity: 'warning',
    meaning:
      "a selector, an `ipBlock` or a named port of a policy can't match anything, whatever pods there are",
  },
  NonCanonicalCIDR: {
    linterOnly: true,
    severity: 'warning',
    meaning:
      'an `ipBlock` has a CIDR that newer API servers refuse: it has leading zeros or host bits, or it is an IPv4 address in the form of IPv6',
  },
  PortNotDeclared: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'a rule or a route allows a port that no container of the pods it leads to declares',
  },
  PortNameDiffers: {
    linterOnly: true,
    severity: 'info',
    meaning: 'a port name in a rule means different numbers in different pods that the rule selects',
  },
  PortNotFollowed: {
    linterOnly: true,
    severity: 'warning',
    meaning:
      'a rule or a route has a range or the name of a port, and the CNI of this cluster does not follow that, as the canary found',
  },
  ServicePortMistaken: {
    severity: 'warning',
    meaning:
      "a rule or a route allows a Service's port, but policies apply to the pods' port behind it; for a route, the operator finds it if the Service leads to a number",
  },
  PolicyRedundant: {
    linterOnly: true,
    severity: 'info',
    meaning: 'other policies already allow and isolate everything that a policy does',
  },
  RuleRedundant: {
    linterOnly: true,
    severity: 'info',
    meaning: 'another rule of the same policy already allows everything that a rule allows',
  },
  IngressNotIsolated: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'a namespace has pods that no policy isolates in the direction Ingress',
  },
  EgressNotIsolated: {
    linterOnly: true,
    severity: 'info',
    meaning: 'a namespace has pods that no policy isolates in the direction Egress',
  },
  IsolatesByAccident: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'a policy with only egress rules denies all ingress, because it has no `policyTypes`',
  },
  HostNetworkSelected: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'all pods that a policy or a route selects are in the host network, where no policy applies',
  },
  HostNetworkAmongSelected: {
    linterOnly: true,
    severity: 'info',
    meaning: 'some pods that a policy or a route selects are in the host network, where no policy applies',
  },
  EmptyPeers: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'a rule has an empty list of peers, which means everyone',
  },
  AllowsEveryone: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'a rule allows every connection, and so removes the isolation of its pods',
  },
  BlockCoversPods: {
    linterOnly: true,
    severity: 'info',
    meaning:
      'an `ipBlock`, or a `cidr` of a route, contains addresses of pods; whether it matches these pods differs between CNIs',
  },
  OtherSideDenies: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'a rule or a route allows connections that the policies of the other side all deny',
  },
  DirectionsMixed: {
    linterOnly: true,
    severity: 'info',
    meaning:
      'kube-router lets through more than policies with rules for both directions allow, because it takes what one direction allows for allowed in the other',
  },
} as const satisfies Record<string, FindingKind>;

/** The code of a finding, in upper camel case as a condition's reason must be. */
export type FindingCode = keyof typeof findingKinds;

/** Whether a reason is one of them. */
export function isFindingCode(reason: string): reason is FindingCode {
  return Object.hasOwn(findingKinds, reason);
}

/** The codes that a route can have as the reason of its state. */
export type RouteReason = Extract<
  FindingCode,
  | 'ApiServerUnknown'
  | 'BeyondGuardrails'
  | 'ClosedOnceEnforced'
  | 'ClusterRangesUnknown'
  | 'EgressOpen'
  | 'MirrorsCapped'
  | 'NamespaceMissing'
  | 'NamespaceMisspelt'
  | 'NodeRangesUnknown'
  | 'NotAdmitted'
  | 'PartlyConsented'
  | 'PortsUnclear'
  | 'ServiceExternal'
  | 'ServiceMissing'
  | 'ServicePortMissing'
  | 'ServicePortMistaken'
  | 'ServiceWithoutSelector'
  | 'SourceClosed'
  | 'SourceMissing'
  | 'SystemNotDeclared'
  | 'SystemPlaceUnknown'
>;

/** The kinds of objects that findings are about. */
export const subjectKinds = [
  'Namespace',
  'NetworkPolicy',
  'AppNetworkProfile',
  'PlatformNetworkProfile',
  'NetworkPause',
  'Service',
  'Ingress',
  'Gateway',
  ...gatewayRouteKindNames,
] as const;

/** The object that a finding is about. */
export interface Subject {
  readonly kind: (typeof subjectKinds)[number];
  readonly namespace?: string;
  readonly name: string;
}

/** Something that a person should know. */
export interface Finding {
  readonly code: FindingCode;
  readonly subject: Subject;
  /** The namespace that it is about, if the subject is not in one. */
  readonly about?: string;
  /** Where in the subject, as in `spec.routes[2].ports[0]`. */
  readonly path?: string;
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
}

/** What a finding says, and about which field. */
export type FindingText = Pick<Finding, 'path' | 'message' | 'hint'>;

/** A finding about a namespace. */
export function aboutNamespace(name: string, code: FindingCode, text: FindingText): Finding {
  return { code, subject: { kind: 'Namespace', name }, ...text };
}

/** A finding about an object of a namespace. */
export function aboutObject(
  kind: Subject['kind'],
  { namespace, name }: ObjectKey,
  code: FindingCode,
  text: FindingText,
): Finding {
  return { code, subject: { kind, namespace, name }, ...text };
}

/** A finding about a NetworkPolicy. */
export function aboutPolicy(key: ObjectKey, code: FindingCode, text: FindingText): Finding {
  return aboutObject('NetworkPolicy', key, code, text);
}

/** Whether only the linter finds it. */
export function isLinters(code: FindingCode): boolean {
  return 'linterOnly' in findingKinds[code];
}

/** The namespace that a finding is about; `undefined` if it is about the whole cluster. */
export function namespaceOfFinding({ subject, about }: Finding): string | undefined {
  const { kind, namespace, name } = subject;
  return kind === 'Namespace' ? name : (namespace ?? about);
}

/** How much a finding matters. */
export function severityOf(finding: Finding): Severity {
  return findingKinds[finding.code].severity;
}

/** As in `2 errors, 1 warning`; empty if there are none. */
export function countFindings(findings: readonly Finding[]): string {
  const severities = findings.map(severityOf);
  const parts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const number = severities.filter((each) => each === severity).length;
    return number === 0 ? [] : [count(number, severity === 'info' ? 'remark' : severity)];
  });
  return parts.join(', ');
}
