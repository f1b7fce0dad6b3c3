import { expect, test } from '@jest/globals';
import { pausedBy, pausedByAnnotation } from './network-pause.ts';

const by = (written: unknown) => pausedBy({ [pausedByAnnotation]: written });

test('who paused is what the annotation says', () => {
  expect(by('anna@example.org')).toBe('anna@example.org');
  expect(by('system:serviceaccount:people:on-call')).toBe('system:serviceaccount:people:on-call');
});

test('who paused is not known without the annotation, or if terminals and Events can not show it', () => {
  expect(pausedBy(undefined)).toBeUndefined();
  expect(pausedBy({ 'example.org/paused-by': 'anna' })).toBeUndefined();
  for (const unfit of ['', 'anna\nberta', '\u001b[31manna', 'a'.repeat(257), 7, null, {}])
    expect(by(unfit)).toBeUndefined();
});
