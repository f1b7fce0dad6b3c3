// Two suites: `unit` is pure and fast (make check), `e2e` runs against a real etcd and kube-apiserver.
const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2024' }, module: { type: 'es6' } }],
  },
};

export default {
  // Ends what hangs, whatever the machine: nothing is meant to come near it.
  testTimeout: 900_000,
  // Tests that say so (test.concurrent) mostly wait: two at a time.
  maxConcurrency: 2,
  testSequencer: '<rootDir>/test/file-order.ts',
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/src/**/*.test.ts',
        '<rootDir>/test/**/*.test.ts',
        '<rootDir>/image/**/*.test.ts',
        '<rootDir>/tools/**/*.test.ts',
      ],
    },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/e2e/**/*.test.ts'],
    },
  ],
};
