import { seededRandom } from "../../../bench/lib/command.ts";
import type { Stop } from "../../support/interrupt.ts";
import { itemAt } from "../../support/item-at.ts";

const changes = ["nameSuffix", "recipe", "bucketName", "data", "adopt"] as const;
export type Change = (typeof changes)[number];

const endings = ["up", "refresh and up", "destroy"] as const;
type Ending = (typeof endings)[number];

/**
 * One run: the `up` of a configuration change is interrupted at a call, the change is reverted, and the commands in
 * `ending` follow.
 */
export interface RevertCase {
    readonly change: Change;
    readonly stop: Stop;
    /** The Personalize operation at which `up` is interrupted. */
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

/** The operations that `up` calls for each change, at which it can be interrupted. */
const operationsOf: Readonly<Record<Change, readonly string[]>> = {
    nameSuffix: [...creations, "DeleteCampaign", "DeleteSolution", "DeleteDatasetGroup"],
    recipe: ["DeleteCampaign", "DeleteSolution", "CreateSolution", "CreateSolutionVersion", "CreateCampaign"],
    // The new bucket has equal data, so the import starts no training.
    bucketName: ["CreateDatasetImportJob"],
    data: newData,
    adopt: ["CreateDataset", "CreateDatasetImportJob", "DeleteSolution", "CreateSolution", "CreateSolutionVersion"],
};

const stops: readonly Stop[] = ["ctrl-c", "kill", "failure"];

/** The minimum number of runs: four for each change, so that each change has each kind of interruption. */
export const fewestRuns = 4 * changes.length;

/**
 * Returns the runs for a seed. The runs of each change use the kinds of interruption and the following commands in
 * turn, so that each of them occurs. The operations are random.
 */
export function createCases(seed: number, runs: number): readonly RevertCase[] {
    const random = seededRandom(seed);
    const pick = <T>(list: readonly T[]): T => itemAt(list, Math.floor(random() * list.length));
    const first = new Map(changes.map((change) => [change, Math.floor(random() * stops.length)]));
    return Array.from({ length: runs }, (_, index): RevertCase => {
        const change = itemAt(changes, index % changes.length);
        const round = Math.floor(index / changes.length);
        const stop = itemAt(stops, ((first.get(change) ?? 0) + round) % stops.length);
        const ending = itemAt(
            endings,
            (changes.indexOf(change) + round + Math.floor(round / stops.length)) % endings.length,
        );
        return { change, stop, operation: pick(operationsOf[change]), ending };
    });
}
