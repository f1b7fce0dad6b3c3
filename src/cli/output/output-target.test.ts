import { describe, expect, test } from '@jest/globals';
import { parseTarget } from './output-target.ts';

const formats = ['text', 'json', 'yaml', 'markdown'] as const;

describe('`-o`', () => {
  test.each([
    ['json', { format: 'json' }],
    ['plan.json', { format: 'json', file: 'plan.json' }],
    ['some/plan.yml', { format: 'yaml', file: 'some/plan.yml' }],
    ['plan.md', { format: 'markdown', file: 'plan.md' }],
    ['markdown=comment', { format: 'markdown', file: 'comment' }],
    ['json=a=b', { format: 'json', file: 'a=b' }],
  ])('%s is a format, a file, or both', (written, target) => {
    expect(parseTarget(formats, written)).toEqual(target);
  });

  test.each([
    ['jsn', 'did you mean `json`?'],
    ['plan.html', 'must be one of text, json, yaml, markdown'],
    ['plan', 'or a file with such an extension'],
    ['json=', 'or `format=file`'],
    ['', 'must be one of'],
  ])('%s is refused', (written, message) => {
    expect(() => parseTarget(formats, written)).toThrow(message);
  });
});
