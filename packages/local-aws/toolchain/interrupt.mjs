const CHANGING = ["up", "update", "destroy", "down", "refresh"];

/**
 * What a person should know who interrupts Pulumi while it waits for AWS; undefined for any other command. Pulumi's own
 * words at that moment speak of orphaned resources, which this program does not leave.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {string | undefined}
 */
export function interruptNote(command, args) {
    const verb = args.find((argument) => !argument.startsWith("-"));
    if (command !== "pulumi" || !CHANGING.includes(verb ?? "")) return undefined;
    return (
        "\nWhat AWS has begun to make or to delete goes on there, and is neither lost nor paid twice: " +
        `run \`pulumi ${verb}\` again to go on with it.\nSee how it stands: npm run watch-status. ` +
        "A second Ctrl-C ends the wait at once.\n"
    );
}
