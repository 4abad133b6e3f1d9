import {
    approximately,
    campaignUsdPerMonth,
    ingestionUsd,
    priceNote,
    trainingUsd,
} from "../../../core/config/prices.ts";
import type { PlannedStack } from "../../../core/cost/planned-stack.ts";
import { counted } from "../../../data-prep/words.ts";

/** Minutes of each step on AWS, observed with up to a million interactions. */
export const observedMinutes = {
    groupAndDataset: { low: 1, high: 2 },
    import: { low: 2, high: 17 },
    training: { low: 20, high: 58 },
    campaign: { low: 8, high: 10 },
};

/** One step in the engine's plan. */
export interface Step {
    /** The engine's operation, for example `create`, `update` or `replace`. */
    readonly op: string;
    readonly urn: string;
}

const changes = ["create", "update", "replace", "delete"] as const;
type Change = (typeof changes)[number];

/** Returns a sentence about the changed resources of one type; undefined if their change needs no explanation. */
type Meaning = (change: Change, names: readonly string[], plan: PlannedStack) => string | undefined;

const minutes = ({ low, high }: { readonly low: number; readonly high: number }) => `about ${low} to ${high} minutes`;
const isNew = (change: Change) => change === "create" || change === "replace";
const isLost = (change: Change) => change === "replace" || change === "delete";
/** Returns the meaning of a change that deletes the resource's content. */
const ifLost =
    (sentence: string): Meaning =>
    (change) =>
        isLost(change) ? sentence : undefined;

/** What a change means for users of the recommender and for the bill, by the last part of the resource type. */
const meanings: Readonly<Record<string, Meaning>> = {
    DatasetImportJob: (change, names, { bytes }) =>
        isNew(change)
            ? `imports ${counted(names.length, "file")}: ` +
              `${minutes(observedMinutes.import)}, ${approximately(ingestionUsd(bytes))} ${priceNote}`
            : undefined,
    SolutionVersion: (change, _names, { recipe, interactions }) => {
        if (!isNew(change)) return undefined;
        const usd = trainingUsd(recipe, { interactions });
        return (
            `trains a new version: ${minutes(observedMinutes.training)}, ${approximately(usd)} ${priceNote}. ` +
            "A version of the same data and recipe that still exists is used again, without a training"
        );
    },
    Campaign: (change, _names, { recipe, minProvisionedTPS, batchLists }) => {
        const usd = campaignUsdPerMonth(recipe, minProvisionedTPS);
        const monthly = `it costs ${approximately(usd)} a month, even without requests ${priceNote}`;
        return {
            create: `creates the campaign: ${minutes(observedMinutes.campaign)}; then ${monthly}`,
            update: "updates the campaign in place: it keeps serving",
            replace: `replaces the campaign: until the new one is ACTIVE, the API answers with popular and similar items; then ${monthly}`,
            delete: `deletes the campaign: its cost ends, and the API answers with ${batchLists ? "the lists of batch inference" : "popular and similar items"}`,
        }[change];
    },
    Dataset: ifLost("deletes the dataset with its imported data, and the recorded events if it contains interactions"),
    EventTracker: (change) => (change === "replace" ? "the event tracker gets a new tracking ID" : undefined),
    Bucket: (change, names) =>
        isLost(change)
            ? `deletes ${counted(names.length, "bucket")} with all objects, unless dataRetention is retain`
            : undefined,
    Table: ifLost("deletes the table with the viewers' events and lists"),
    RestApi: ifLost("the API loses its address: clients need the new apiUrl"),
};

/**
 * Describes what planned changes mean: trainings, costs, interruptions and data loss. Returns one sentence for each
 * change, without a full stop; empty if nothing changes.
 */
export function explainChanges(steps: readonly Step[], plan: PlannedStack): string[] {
    // The engine records a changed configuration as an update of the provider.
    const changed = steps.filter(
        ({ op, urn }) => changes.some((change) => change === op) && !urn.includes("::pulumi:providers:"),
    );
    if (changed.length === 0) return [];
    const sentences = Object.entries(meanings).flatMap(([type, meaning]) =>
        changes.flatMap((change) => {
            const names = changed
                .filter(({ op, urn }) => op === change && typeOf(urn) === type)
                .map(({ urn }) => urn.split("::").at(-1) ?? "");
            return names.length === 0 ? [] : (meaning(change, names, plan) ?? []);
        }),
    );
    return sentences.length > 0
        ? sentences
        : ["no import, no training and no interruption: only resources around the recommender change"];
}

/**
 * Names the resources that the engine deletes and creates again although they are no targets of `--target`: they depend
 * on a target that is deleted before its replacement is created. Empty without targets.
 */
export function explainCascade(steps: readonly Step[], targets: readonly string[]): string[] {
    const replaced = steps.filter(({ op, urn }) => /replace/.test(op) && !targets.includes(urn));
    const names = new Set(replaced.map(({ urn }) => `${typeOf(urn)} ${urn.split("::").at(-1)}`));
    return targets.length === 0 || names.size === 0
        ? []
        : [
              `deletes and creates again resources that are no targets: ${[...names].join(", ")}. They depend on a target ` +
                  "that is deleted before its replacement is created",
          ];
}

/** Returns the last part of a URN's type: `Bucket` for `urn:pulumi:dev::p::a$aws:s3/bucket:Bucket::data`. */
const typeOf = (urn: string): string => urn.split("::")[2]?.split(/[:/$]/).at(-1) ?? "";
