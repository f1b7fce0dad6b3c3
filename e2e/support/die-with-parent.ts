// Loaded into a child process (`node --import`): ends it as SIGTERM would when its parent is gone, however that ended.
// A test, a demo or a benchmark that is killed must leave no operator behind.
process.channel?.unref();
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
