import type { CommandResult } from "../../../packages/local-aws/pulumi.ts";

/** The result of a command that must end well. */
export function fine(what: string, result: CommandResult): CommandResult {
    if (result.exitCode !== 0) {
        throw new Error(`${what} exits ${result.exitCode}:\n${(result.stdout + result.stderr).slice(-3000)}`);
    }
    return result;
}
