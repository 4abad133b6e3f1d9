import * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "../../data-prep/manifest.ts";

/**
 * Refuses data that data-prep judged red, at preview, before anything is paid. With a reason in config `dataWaiver` it
 * only warns.
 *
 * @throws pulumi.RunError with each red check and its advice.
 */
export function refuseRedData(manifest: Manifest | undefined, waiver: string | undefined): void {
    const red = (manifest?.checks ?? []).filter(({ level }) => level === "red");
    if (red.length === 0) {
        return;
    }
    const lines = red.map(({ found, reference, advice }) => `  ${found} (${reference}). ${advice}`).join("\n");
    if (waiver !== undefined) {
        pulumi.log.warn(`The data has red checks, which config dataWaiver allows (${waiver}):\n${lines}`);
        return;
    }
    throw new pulumi.RunError(
        `The data is not fit for a training that is paid:\n${lines}\n` +
            "See all checks:  npm run data-prep -- FILE --report report.json\n" +
            'To train on it nevertheless:  pulumi config set dataWaiver "<a reason of at least 20 characters>"',
    );
}
