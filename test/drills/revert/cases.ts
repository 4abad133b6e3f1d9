import { seededRandom } from "../../../bench/lib/random.ts";
import type { Stop } from "../../support/interrupt.ts";

export const changes = ["nameSuffix", "recipe", "bucketName", "data", "adopt", "region"] as const;
export type Change = (typeof changes)[number];

export const endings = ["up", "refresh and up", "destroy"] as const;
type Ending = (typeof endings)[number];

/** One run: a change whose `up` is stopped at a call, is undone, and ends in these commands. */
export interface RevertCase {
    readonly change: Change;
    readonly stop: Stop;
    /** A Personalize operation that the `up` of the change calls. */
    readonly operation: string;
    readonly ending: Ending;
}

const creations = [
    "CreateSchema",
    "CreateDatasetGroup",
    "CreateDataset",
    "CreateDatasetImportJob",
    "CreateFilter",
    "CreateEventTracker",
    "CreateSolution",
    "CreateSolutionVersion",
    "CreateCampaign",
];
const newData = ["CreateDatasetImportJob", "CreateSolutionVersion", "UpdateCampaign"];

/** Operations that the `up` of a change calls and at which it can be stopped. */
export const operationsOf: Readonly<Record<Change, readonly string[]>> = {
    nameSuffix: [...creations, "DeleteCampaign", "DeleteSolution", "DeleteDatasetGroup"],
    recipe: ["DeleteCampaign", "DeleteSolution", "CreateSolution", "CreateSolutionVersion", "CreateCampaign"],
    // The import of equal rows trains nothing.
    bucketName: ["CreateDatasetImportJob"],
    data: newData,
    adopt: ["CreateDataset", "CreateDatasetImportJob", "DeleteSolution", "CreateSolution", "CreateSolutionVersion"],
    region: creations,
};

const stops: readonly Stop[] = ["ctrl-c", "kill", "failure"];

/** At least this many runs: every change with each kind of stop, and four runs of a change. */
export const fewestRuns = 4 * changes.length;

/**
 * The runs of a seed. Every change has each kind of stop in its first three runs; operations and endings follow the
 * seed. Endings alternate, so that each change has each ending, and further rounds pair stops with other endings.
 */
export function casesOf(seed: number, runs: number): readonly RevertCase[] {
    const random = seededRandom(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const first = new Map(changes.map((change) => [change, Math.floor(random() * stops.length)]));
    return Array.from({ length: runs }, (_, index): RevertCase => {
        const change = changes[index % changes.length] as Change;
        const round = Math.floor(index / changes.length);
        const stop = stops[((first.get(change) ?? 0) + round) % stops.length] as Stop;
        const ending = endings[(index + round + Math.floor(round / stops.length)) % endings.length] as Ending;
        return { change, stop, operation: pick(operationsOf[change]), ending };
    });
}
