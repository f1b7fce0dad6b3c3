// Findings: what Ringfence has to say to people, each with a code from one table.
// The table feeds status reasons and docs; a finding is collected, never thrown.

/** How much a finding matters: an `error` means that something asked for is not in force. */
export type Severity = 'error' | 'warning' | 'info';

interface FindingKind {
  readonly severity: Severity;
  /** What it means, for the reference docs. */
  readonly meaning: string;
  /** Whether it takes pods to find it, which the linter knows and the operator does not. */
  readonly linterOnly?: true;
}

/** Every code that a finding can have. */
export const findingKinds = {
  InvalidProfile: {
    severity: 'error',
    meaning:
      'a stored profile does not decode, because its CRD was loosened or is of another version; what it owns stays as it is until it does, but for what guardrails forbid',
  },
  InternalError: {
    severity: 'error',
    meaning:
      'a mistake in Ringfence itself: the policies of this namespace stay as they are, nothing in it is put right, and the other namespaces go on',
  },
  KindGone: {
    severity: 'error',
    meaning:
      'the cluster does not know a kind any more that Ringfence needs, such as its own after the CRD was deleted; nothing is written or deleted on its account until it is back',
  },
  Unreadable: {
    severity: 'error',
    meaning:
      'a mistake in Ringfence keeps it from reading a stored object; what it knew of the object before holds, and the others go on',
  },
  NameTaken: {
    severity: 'warning',
    meaning:
      'an object that Ringfence did not write has the name of one of its policies; it is left alone and ours has a second name',
  },
  ForeignPolicy: {
    severity: 'info',
    meaning: 'policies that Ringfence did not write select pods of a ringed namespace; policies add up',
  },
  ForeignAllowAll: {
    severity: 'warning',
    meaning:
      'a policy that Ringfence did not write lets everyone reach, or be reached by, pods of a ringed namespace',
  },
  QuotaExceeded: {
    severity: 'error',
    meaning:
      'a ResourceQuota has no room for the policies of a namespace, such as while an upgrade renames them; until it is raised, what is there stays',
  },
  Contested: {
    severity: 'error',
    meaning: 'something else, such as a mutating webhook or another tool, undoes what Ringfence writes',
  },
  OpenedInPart: {
    severity: 'warning',
    meaning:
      'while a namespace is closed or opened, some of its pods may lose connections: what policies of others isolate is too intricate to open just the rest',
  },
  WeakerEgress: {
    severity: 'warning',
    meaning: "a profile asks for a weaker egress mode than the platform's, which holds",
  },
  DnsUnknown: {
    severity: 'warning',
    meaning: 'egress is fenced, and where the DNS of the cluster is was never known: nothing is opened to it',
  },
  ApiServerUnknown: {
    severity: 'warning',
    meaning: 'a rule needs the addresses of the API server or of the control plane, which were never known',
  },
  ClusterRangesUnknown: {
    severity: 'warning',
    meaning:
      'a rule needs the address ranges of the cluster, of which some are not known, or not for certain now; what is enforced already stays',
  },
  NamespaceMissing: {
    severity: 'warning',
    meaning: 'a route leads to namespaces of which there is none yet',
  },
  NotAdmitted: {
    severity: 'warning',
    meaning:
      'a route leads to fenced namespaces of which none lets it in; its suggestion is the profile to add there',
  },
  PartlyConsented: {
    severity: 'warning',
    meaning: 'a route leads to fenced namespaces of which some do not let it in',
  },
  BeyondGuardrails: {
    severity: 'error',
    meaning: 'a route reaches further than the rule of the platform profile for its namespace allows',
  },
  FrozenBeyondGuardrails: {
    severity: 'warning',
    meaning:
      'a policy of a profile that can not be read now stays as it is, but for what guardrails forbid: that is taken away',
  },
  SourceClosed: {
    severity: 'warning',
    meaning:
      'a route lets in namespaces whose egress is Restricted and does not lead to it: either it means them by their labels, and its suggestion is the profile to add there, or their guardrails do not allow the way out',
  },
  MirrorsCapped: {
    severity: 'warning',
    meaning:
      'mirrors of routes, or of what Ingresses and routes of the Gateway API expose, would come to more in another namespace than one namespace, or all together, may have written there; the newest routes are left out, of exposing objects the last by name',
  },
  SourceMissing: {
    severity: 'info',
    meaning:
      'a route lets in namespaces of which there is none; it may be ahead of them, or its labels be misspelt',
  },
  OpensWholeNamespace: { severity: 'warning', meaning: 'a route opens every pod of its namespace' },
  EntranceClosed: {
    severity: 'warning',
    meaning:
      'a LoadBalancer or NodePort Service of a ringed namespace has pods that no route opens to addresses outside, on any of its ports',
  },
  ControlPlaneShutOut: {
    severity: 'warning',
    meaning:
      'a webhook or an aggregated API leads to a port of pods of a ringed namespace that no route opens to the control plane',
  },
  DnsShutOut: {
    severity: 'warning',
    meaning: 'the DNS of the cluster is in a ringed namespace, and no route lets every namespace ask it',
  },
  EgressOpen: {
    severity: 'info',
    meaning:
      'a route opens a way out that is open already, because egress is not fenced there, or not within the cluster',
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
    meaning: 'a route names an ExternalName Service, behind which are no pods',
  },
  ServiceWithoutSelector: {
    severity: 'error',
    meaning: 'a route names a Service without a selector, whose endpoints somebody else writes',
  },
  SystemNotDeclared: {
    severity: 'warning',
    meaning:
      'a route names an ingress controller or monitoring system that the platform profile does not declare',
  },
  SystemPlaceUnknown: {
    severity: 'warning',
    meaning: 'a route names an ingress controller or monitoring system whose place is not known',
  },
  BackendUnusable: {
    severity: 'warning',
    meaning: 'an Ingress or a route of the Gateway API leads to something that exposes no pods',
  },
  IngressUnserved: {
    severity: 'warning',
    meaning:
      'an Ingress or a route of the Gateway API is served by no ingress controller that is declared and found, and no route opens the pods that it leads to',
  },
  GatewayNotCounted: {
    severity: 'warning',
    meaning:
      'a Gateway does not count as ingress controller: its pods run beside it, in a namespace that the platform profile does not name in `gatewayNamespaces`, so that its pods are let in nowhere; or older Gateways are enough for one ingress controller',
  },
  LastKnownHolds: {
    severity: 'warning',
    meaning:
      'DNS, the API server or an address range can not be found out now; rules go by what was last known of it',
  },
  AddressNotLocal: {
    severity: 'warning',
    meaning:
      'a node-local DNS cache listens on an address that does not stay on the node; nothing is opened to it',
  },
  NodeImplausible: {
    severity: 'warning',
    meaning:
      'a Node says that it has addresses or pod ranges that no node can have; these are not counted, whoever wrote them',
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
      'a peer of a rule, or an end of a route, selects no namespace or no pod; often its labels are misspelt',
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
  PortNotDeclared: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'a rule or a route allows a port that no container of the pods it leads to declares',
  },
  PortNameDiffers: {
    linterOnly: true,
    severity: 'info',
    meaning: 'the name of a port in a rule is different numbers in different pods that the rule leads to',
  },
  ServicePortMistaken: {
    linterOnly: true,
    severity: 'warning',
    meaning: "a rule or a route allows a Service's port, where policies speak of the pods' port behind it",
  },
  PolicyRedundant: {
    linterOnly: true,
    severity: 'info',
    meaning: 'other policies say all that a policy says',
  },
  RuleRedundant: {
    linterOnly: true,
    severity: 'info',
    meaning: 'another rule of its policy allows all that a rule allows',
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
    meaning: 'a policy with rules for egress only denies all ingress, because it has no `policyTypes`',
  },
  HostNetworkSelected: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'a policy or a route selects pods in the network of their node, which no policy reaches',
  },
  EmptyPeers: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'a rule has an empty list of peers, which means everyone',
  },
  AllowsEveryone: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'a rule allows every connection, and so takes the isolation of its pods back',
  },
  BlockCoversPods: {
    linterOnly: true,
    severity: 'info',
    meaning: 'addresses of pods lie in an `ipBlock`; whether these pods are matched differs between CNIs',
  },
  OtherSideDenies: {
    linterOnly: true,
    severity: 'warning',
    meaning: 'a rule or a route allows connections that the policies of the other side all deny',
  },
} as const satisfies Record<string, FindingKind>;

/** The code of a finding, in upper camel case as a condition's reason must be. */
export type FindingCode = keyof typeof findingKinds;

/** The object that a finding is about. */
export interface Subject {
  readonly kind: 'Namespace' | 'NetworkPolicy' | 'AppNetworkProfile' | 'PlatformNetworkProfile' | 'Service';
  readonly namespace?: string;
  readonly name: string;
}

/** Something that a person should know. */
export interface Finding {
  readonly code: FindingCode;
  readonly subject: Subject;
  /** Where in the subject, as in `spec.routes[2].ports[0]`. */
  readonly path?: string;
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
}

/** Whether the linter alone finds it. */
export function isLinters(code: FindingCode): boolean {
  return 'linterOnly' in findingKinds[code];
}

/** How much a finding matters. */
export function severityOf(finding: Finding): Severity {
  return findingKinds[finding.code].severity;
}
