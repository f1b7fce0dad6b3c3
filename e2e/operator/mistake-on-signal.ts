// Loaded into an operator before anything else: on SIGUSR2 something of it throws, as a mistake in a timer would, and on SIGPIPE
// a promise is rejected that nobody waits for. Must not know what the operator does then.
process.on('SIGUSR2', () => {
  setTimeout(() => {
    throw new TypeError('a mistake in a timer');
  }, 1);
});
process.on('SIGPIPE', () => {
  void Promise.reject(new TypeError('a mistake in a promise'));
});
