import { asCalled } from "../../../core/config/as-called.ts";
import { guardOutput } from "../cli/output.ts";
import { readHeld } from "../stack/all-stacks.ts";
import { askPulumi } from "../stack/pulumi.ts";

// The launchers start this program after `pulumi up`, with the command's option `--stack` if it had one. It names on
// stderr the resources that an interrupted `up` may have created, and that this `up` neither adopted nor replaced.
guardOutput();

const held = await readHeld(askPulumi, process.argv.slice(2));
const names = ("interrupted" in held ? held.interrupted : []).map(({ type, urn, inputs }) => {
    const name = [inputs.name, inputs.bucket].find((given) => typeof given === "string") ?? urn.split("::").at(-1);
    return `  - ${type.split(":").at(-1)} ${name}`;
});
if (names.length > 0) {
    console.error(
        asCalled(
            "\nAn interrupted `pulumi up` may have created these resources, and the state does not contain them:\n" +
                `${names.join("\n")}\nThis command prints for each existing one the command that records or deletes it: ` +
                "`npm run audit-leftovers`",
        ),
    );
}
