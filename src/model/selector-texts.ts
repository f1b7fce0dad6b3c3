// Selectors in the words of a message.
// Must not know what they select.
import type { LabelSelector } from './selectors.ts';

/** A selector as kubectl takes it after `-l`, in backticks. */
export function formatSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const others = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return `\`${[...equal, ...others].join(',')}\``;
}
