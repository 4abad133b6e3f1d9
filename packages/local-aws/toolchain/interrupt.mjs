const CHANGING = ["up", "update", "destroy", "down", "refresh"];

/**
 * Returns a note for a user who presses Ctrl-C while Pulumi waits for AWS; undefined for other commands. At that
 * moment, Pulumi warns of orphaned resources. This program leaves none of Personalize.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ pulumi: string, runbook: string }} callers how the caller starts Pulumi and runbooks
 * @returns {string | undefined}
 */
export function interruptNote(command, args, callers) {
    const verb = args.find((argument) => !argument.startsWith("-"));
    if (command !== "pulumi" || !CHANGING.includes(verb ?? "")) return undefined;
    return (
        "\nAWS continues to create or delete what it has begun. Nothing is lost or billed twice: " +
        `run \`${callers.pulumi} ${verb}\` again to continue.\nSee the current state: ${callers.runbook} watch-status. ` +
        "A second Ctrl-C ends the wait at once. A resource of another service than Personalize that is being created then " +
        "may be missing in Pulumi's state: the next `up` names it.\n"
    );
}
