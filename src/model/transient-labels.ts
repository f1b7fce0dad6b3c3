// Labels that controllers set on single pods, or on the pods of one version.
// Must not know whose pods they are.

const transient =
  /^(pod-template-hash|controller-revision-hash|pod-template-generation|(batch\.kubernetes\.io\/)?(controller-uid|job-name|job-completion-index)|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index)$/;

/** Whether the next pod of the same workload may have another value: a selector must not use such a label. */
export function isTransientLabel(key: string): boolean {
  return transient.test(key);
}
