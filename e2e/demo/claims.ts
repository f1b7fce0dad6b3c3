// What the story says must be true of what it has just seen.

/** @throws Error if the claim is not true, which ends the story */
export function expectThat(isTrue: boolean, claim: string): void {
  if (!isTrue) throw new Error(`the story is not true: ${claim}`);
}
