import { nearest } from "terminal-text";
import type { StackConfig } from "../../core/config/config.ts";
import { readContentOnce } from "../../data-prep/files.ts";
import type { Manifest } from "../../data-prep/manifest.ts";
import { type Check, fewestInteractions } from "../../data-prep/quality/checks.ts";
import { counted } from "../../data-prep/words.ts";
import { ProgramError, warn } from "../common/messages.ts";

/**
 * Rejects data at preview, before anything is billed, if data-prep judged it red, or if too few of its events have a
 * weight in `eventWeights`. Only warns if config `dataWaiver` gives a reason.
 *
 * @throws ProgramError with each red check and its advice
 */
export function refuseRedData(
    manifest: Manifest | undefined,
    { dataWaiver, eventWeights }: Pick<StackConfig, "dataWaiver" | "eventWeights">,
): void {
    const checks = [...(manifest?.checks ?? [])];
    if (manifest && eventWeights) {
        warnOfUnknownTypes(manifest.eventTypes, eventWeights);
        checks.push(weightedEvents(manifest.eventTypes, eventWeights));
    }
    const red = checks.filter(({ level }) => level === "red");
    if (red.length === 0) return;
    const lines = red.map(({ found, reference, advice }) => `  ${found} (${reference}). ${advice}`).join("\n");
    if (dataWaiver !== undefined) {
        warn(`Some checks of the data are red, and the config key dataWaiver accepts them (${dataWaiver}):\n${lines}`);
        return;
    }
    throw new ProgramError(
        `The data is not good enough for a paid training:\n${lines}\n` +
            "See all checks:  npm run data-prep -- FILE --report report.json\n" +
            'To train on it nevertheless:  pulumi config set dataWaiver "<a reason of at least 20 characters>"',
    );
}

/** Checks how many events have a weight in config `eventWeights`, because a training uses only events with a weight. */
function weightedEvents(types: Manifest["eventTypes"], weights: Readonly<Record<string, number>>): Check {
    const rows = types.reduce((sum, type) => sum + (Object.hasOwn(weights, type.name) ? type.rows : 0), 0);
    return {
        id: "weighted-events",
        level: rows < fewestInteractions ? "red" : "green",
        found: `${counted(rows, "interaction")} with an event type of eventWeights`,
        reference: `Developer Guide, Quotas: at least ${fewestInteractions.toLocaleString("en-US")}`,
        advice: `Give weights to more of the types ${types.map(({ name }) => name).join(", ")}.`,
    };
}

/**
 * Warns of a weight for an event type that the data does not have. Events may bring the type later, so the program does
 * not reject it.
 */
function warnOfUnknownTypes(types: Manifest["eventTypes"], weights: Readonly<Record<string, number>>): void {
    const names = types.map(({ name }) => name);
    for (const type of Object.keys(weights).filter((name) => !names.includes(name))) {
        const meant = nearest(type, names);
        warn(
            `eventWeights contains the event type ${type}, but no interaction has this type. ` +
                (meant === undefined ? `The types of the data are ${names.join(", ")}.` : `Did you mean ${meant}?`),
        );
    }
}

/**
 * Rejects interactions that data-prep made with other options than those of config `dataOptionsFile`.
 *
 * @throws ProgramError with the command that prepares them again
 */
export async function refuseOtherOptions(
    manifest: Manifest | undefined,
    { dataOptionsFile, interactionsFile, stack }: Pick<StackConfig, "dataOptionsFile" | "interactionsFile" | "stack">,
): Promise<void> {
    if (dataOptionsFile === undefined) return;
    const { contentHash } = await readContentOnce(dataOptionsFile);
    if (manifest?.optionsFile?.sha256 !== contentHash) {
        throw new ProgramError(
            `${interactionsFile} was prepared with other options than those that are now in ${dataOptionsFile}. ` +
                `Prepare it again:  npm run data-prep -- --stack ${stack}`,
        );
    }
}
