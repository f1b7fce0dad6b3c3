import { describe, expect, test } from '@jest/globals';
import {
  ApiError,
  classify,
  type ErrorClass,
  errorFromAnswer,
  errorFromStatus,
  isUnsupported,
} from './errors.ts';

const status = (fields: object) => JSON.stringify({ kind: 'Status', apiVersion: 'v1', ...fields });

describe('an answer of the API server', () => {
  test('is an error with the reason and the message of its Status', () => {
    const body = status({ reason: 'AlreadyExists', message: 'networkpolicies "x" already exists' });
    const error = errorFromAnswer(409, body);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 409,
      reason: 'AlreadyExists',
      message: 'networkpolicies "x" already exists',
      retryAfterMs: undefined,
    });
  });

  test.each([
    ['a proxy that answers in HTML', '<html>502 Bad Gateway</html>\n', '<html>502 Bad Gateway</html>'],
    [
      'a panic handler that answers in plain text',
      'This request caused apiserver to panic.',
      'This request caused',
    ],
    ['half a JSON text', '{"kind":"Status","mess', '{"kind":"Status","mess'],
    ['JSON that is no object', '"too many requests"', '"too many requests"'],
    ['JSON that is null', 'null', 'null'],
    ['JSON that is no Status', '{"error":"quota"}', '{"error":"quota"}'],
    ['a Status whose message is no text', '{"message":{"a":1}}', '{"message":{"a":1}}'],
    ['a Status whose message is empty', '{"message":""}', '{"message":""}'],
    ['nothing', '', 'HTTP status 502'],
    ['white space', ' \n', 'HTTP status 502'],
  ])('is an error with a message also from %s', (_, body, message) => {
    const error = errorFromAnswer(502, body);
    expect(error.message).toContain(message);
    expect(error.reason).toBe('');
  });

  test('has no endless message', () => {
    expect(errorFromAnswer(502, 'x'.repeat(100_000)).message).toHaveLength(200);
  });
});

describe('Retry-After', () => {
  const date = 'Fri, 02 Jan 2026 15:04:00 GMT';
  const waitOf = (value: string | undefined) =>
    errorFromAnswer(429, '', { 'retry-after': value, date }).retryAfterMs;

  test('is read as seconds', () => {
    expect(waitOf('1')).toBe(1_000);
    expect(waitOf('30')).toBe(30_000);
    expect(waitOf('0')).toBe(0);
  });

  test('is read as a date by the clock of the server, whatever ours says, which may be over already', () => {
    expect(waitOf('Fri, 02 Jan 2026 15:04:05 GMT')).toBe(5_000);
    expect(waitOf('Fri, 02 Jan 2026 15:03:00 GMT')).toBe(0);
  });

  test('is nothing if it is absent or neither', () => {
    expect(waitOf(undefined)).toBeUndefined();
    expect(waitOf('soon')).toBeUndefined();
    expect(waitOf('')).toBeUndefined();
  });

  test('is nothing where it is a date, and the server does not say what time it is', () => {
    const headers = { 'retry-after': 'Fri, 02 Jan 2026 15:04:05 GMT' };
    expect(errorFromAnswer(429, '', headers).retryAfterMs).toBeUndefined();
  });

  test.each(['86400', '99999999999999999999', 'Fri, 02 Jan 2099 15:04:05 GMT'])(
    'of %s is two minutes: a longer timer would look like a hang, or fire at once',
    (value) => {
      expect(waitOf(value)).toBe(120_000);
    },
  );
});

describe('an error asks for', () => {
  test.each<[number, ErrorClass]>([
    [0, 'unreachable'],
    [400, 'invalid'],
    [401, 'unauthorized'],
    [403, 'invalid'],
    [404, 'gone'],
    [405, 'invalid'],
    [409, 'conflict'],
    [410, 'expired'],
    [415, 'invalid'],
    [422, 'invalid'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
    [504, 'retry'],
  ])('%i: %s', (code, expected) => {
    expect(classify(new ApiError(code, '', ''))).toBe(expected);
  });

  // What a real API server said.
  test.each<[string, string, ErrorClass, object?]>([
    [
      'a permission, where the authorizer refuses',
      'networkpolicies.networking.k8s.io is forbidden: User "system:serviceaccount:a:b" cannot create resource "networkpolicies" in API group "networking.k8s.io" in the namespace "shop"',
      'denied',
    ],
    [
      'no permission, but a greater quota',
      'networkpolicies.networking.k8s.io "x" is forbidden: exceeded quota: few, requested: count/networkpolicies.networking.k8s.io=1, used: count/networkpolicies.networking.k8s.io=1, limited: count/networkpolicies.networking.k8s.io=1',
      'invalid',
    ],
    [
      'no permission, but the consent of an admission webhook',
      'admission webhook "policies.example.com" denied the request: you cannot deny ingress here',
      'invalid',
    ],
    [
      'no permission, but the end of a namespace that is going',
      'networkpolicies.networking.k8s.io "x" is forbidden: unable to create new content in namespace shop because it is being terminated',
      'gone',
      { causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }] },
    ],
  ])('%s', (_, message, expected, details = {}) => {
    expect(classify(errorFromAnswer(403, status({ reason: 'Forbidden', message, details })))).toBe(expected);
  });

  test("nothing if it is a programmer's mistake: it is thrown on", () => {
    const mistake = new TypeError('x is not a function');
    expect(() => classify(mistake)).toThrow(mistake);
  });
});

describe('a request for a feature that the server does not know', () => {
  test.each([400, 422])('is answered with %i', (code) => {
    expect(isUnsupported(new ApiError(code, '', ''))).toBe(true);
  });

  test('is nothing else', () => {
    expect(isUnsupported(new ApiError(403, '', ''))).toBe(false);
    expect(isUnsupported(new TypeError('x'))).toBe(false);
  });
});

describe('the ERROR event of a watch', () => {
  test('is an error with the code of its Status', () => {
    const error = errorFromStatus({ code: 410, reason: 'Expired', message: 'too old resource version' });
    expect(error).toMatchObject({ status: 410, reason: 'Expired', message: 'too old resource version' });
    expect(classify(error)).toBe('expired');
  });

  test.each([[undefined], [null], [{}], ['text']])('without a Status (%j) is one to try again', (object) => {
    expect(classify(errorFromStatus(object))).toBe('retry');
  });
});
