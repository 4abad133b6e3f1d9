import { seededRandom } from "../../../bench/lib/random.ts";
import type { LoggedRequest } from "../../../packages/local-personalize/emulator.ts";

/**
 * When the engine is killed: after a share of the command's usual time, or between the acceptance of a call and its
 * response.
 */
export type Moment = { readonly share: number } | { readonly operation: string };

/** One killed command with further faults. */
export interface Case {
    readonly command: "up" | "destroy";
    readonly moment: Moment;
    /** Whether the Personalize emulator is also killed. */
    readonly emulatorToo: boolean;
    /** Faults during the repeated command. */
    readonly faults: readonly object[];
}

const asked = {
    up: [
        "CreateSchema",
        "CreateDatasetGroup",
        "CreateDataset",
        "CreateDatasetImportJob",
        "CreateFilter",
        "CreateSolution",
        "CreateSolutionVersion",
        "CreateCampaign",
    ],
    destroy: [
        "DeleteCampaign",
        "DeleteSolution",
        "DeleteFilter",
        "DeleteDataset",
        "DeleteDatasetGroup",
        "DeleteSchema",
    ],
} as const;

const looks = ["ListSolutionVersions", "DescribeSolutionVersion", "DescribeCampaign", "ListDatasetGroups"];

/**
 * Pairs of a killed `up` and a killed `destroy`. Every other pair is killed between acceptance and answer, through all
 * operations in turn; the others at uniform moments. Every third case also kills the emulator; half of the rest have
 * throttling and dropped connections afterwards.
 */
export function casesOf(seed: number, pairs: number): readonly Case[] {
    const random = seededRandom(seed);
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
    const turn = {
        up: Math.floor(random() * asked.up.length),
        destroy: Math.floor(random() * asked.destroy.length),
    };
    return Array.from({ length: 2 * pairs }, (_, index): Case => {
        const command = index % 2 === 0 ? "up" : "destroy";
        const pair = Math.floor(index / 2);
        const operations = asked[command];
        const between = pair % 2 === 0;
        const operation = operations[turn[command] % operations.length] as string;
        turn[command] += between ? 1 : 0;
        const emulatorToo = (pair + (command === "up" ? 0 : 1)) % 3 === 0;
        const faults =
            emulatorToo || random() < 0.5
                ? []
                : [
                      { operation: pick(operations), times: 3, effect: { kind: "throttle" } },
                      { operation: pick(operations), effect: { kind: "drop", when: "after" } },
                      { operation: pick(looks), times: 2, effect: { kind: "drop", when: "before" } },
                  ];
        return { command, moment: between ? { operation } : { share: random() }, emulatorToo, faults };
    });
}

/** Describes the moment for the table. */
export const describeMoment = (moment: Moment) =>
    "operation" in moment ? `after ${moment.operation}` : `at ${Math.round(100 * moment.share)} %`;

/** Duplicate calls from `up` to `destroy`. */
export interface Excess {
    /** The number of created resources that already existed. */
    readonly duplicates: number;
    /** The number of imports, trainings and campaigns beyond the necessary one of each. */
    readonly paidTwice: number;
    /** Operations that were accepted more than once. */
    readonly repeated: readonly string[];
}

const billed = ["CreateDatasetImportJob", "CreateSolutionVersion", "CreateCampaign"];

/** Counts accepted calls. A resource created again after a failure is not a duplicate. */
export function excessOf(requests: readonly LoggedRequest[]): Excess {
    const made = new Map<string, number>();
    for (const { operation, outcome } of requests) {
        if (operation.startsWith("Create") && outcome === "accepted") {
            made.set(operation, (made.get(operation) ?? 0) + 1);
        }
    }
    const beyond = (operations: readonly string[]) =>
        operations.reduce((sum, operation) => sum + Math.max(0, (made.get(operation) ?? 0) - 1), 0);
    const repeated = [...made].filter(([, count]) => count > 1).map(([operation]) => operation);
    return { duplicates: beyond([...made.keys()]), paidTwice: beyond(billed), repeated };
}
