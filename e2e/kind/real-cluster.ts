// A cluster with real nodes, on which the operator is installed as people do it. Must not know who makes it.

/** A cluster that nobody else uses. */
export interface RealCluster {
  /** Logs in as the administrator. */
  readonly kubeconfigPath: string;
  /** Makes the image that config/default names, and gives it to all nodes. */
  loadOperatorImage(): Promise<void>;
  /** Deletes the cluster. */
  stop(): Promise<void>;
  /** Leaves the cluster when this process ends. @returns the command that deletes it */
  keep(): Promise<string>;
}
