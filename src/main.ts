#!/usr/bin/env node
// From the command line to a verb. Decides exit codes; must not know what a verb does.
import { Command } from 'commander';
import { ConfigurationError } from './cluster/connection.ts';
import { operatorCommand } from './operator/command.ts';

/** What the process ends with. */
const exitCodes = { success: 0, failure: 1, usage: 2 } as const;

const program = new Command('ringfence')
  .description('rings every application namespace of a Kubernetes cluster with default NetworkPolicies')
  .addCommand(operatorCommand());

try {
  await program.parseAsync();
  process.exitCode = exitCodes.success;
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`ringfence: ${error.message}\n`);
  process.exitCode = exitCodes.usage;
}
