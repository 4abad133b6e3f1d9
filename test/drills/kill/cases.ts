import { seededRandom } from "../../../bench/lib/command.ts";
import type { LoggedRequest } from "../../../packages/local-personalize/emulator.ts";
import { itemAt } from "../../support/item-at.ts";

/**
 * The moment at which the engine is killed: after a share of the command's usual duration, or after the service has
 * accepted a call and before the engine receives the response.
 */
export type Moment = { readonly share: number } | { readonly operation: string };

/** A command whose engine is killed, with further faults. */
export interface Case {
    readonly command: "up" | "destroy";
    readonly moment: Moment;
    /** Whether the Personalize emulator is also killed. */
    readonly emulatorToo: boolean;
    /** Faults that the emulator causes while the command is repeated. */
    readonly faults: readonly object[];
}

const operationsByCommand = {
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
 * Returns pairs of a killed `up` and a killed `destroy`. In every second pair, the engine is killed before it receives
 * the response of an operation, and each such pair uses the next operation. In the other pairs, the engine is killed at
 * random moments. In every third case, the emulator is also killed. In half of the other cases, the repeated command
 * meets throttling and dropped connections.
 */
export function createCases(seed: number, pairs: number): readonly Case[] {
    const random = seededRandom(seed);
    const pick = <T>(list: readonly T[]) => itemAt(list, Math.floor(random() * list.length));
    const turn = {
        up: Math.floor(random() * operationsByCommand.up.length),
        destroy: Math.floor(random() * operationsByCommand.destroy.length),
    };
    return Array.from({ length: 2 * pairs }, (_, index): Case => {
        const command = index % 2 === 0 ? "up" : "destroy";
        const pair = Math.floor(index / 2);
        const operations = operationsByCommand[command];
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

/** Describes the moment in the table of results. */
export const describeMoment = (moment: Moment) =>
    "operation" in moment ? `after ${moment.operation}` : `at ${Math.round(100 * moment.share)} %`;

/** Duplicate calls between an `up` and the end of the following `destroy`. */
export interface Excess {
    /** Number of accepted Create calls beyond one of each operation. */
    readonly duplicates: number;
    /** Number of imports, trainings and campaigns beyond one of each, which AWS bills. */
    readonly paidTwice: number;
    /** Create operations that were accepted more than once. */
    readonly repeated: readonly string[];
}

const billed = ["CreateDatasetImportJob", "CreateSolutionVersion", "CreateCampaign"];

/** Counts duplicate calls among those that the service accepted. */
export function countExcess(requests: readonly LoggedRequest[]): Excess {
    const createCounts = new Map<string, number>();
    for (const { operation, outcome } of requests) {
        if (operation.startsWith("Create") && outcome === "accepted") {
            createCounts.set(operation, (createCounts.get(operation) ?? 0) + 1);
        }
    }
    const beyond = (operations: readonly string[]) =>
        operations.reduce((sum, operation) => sum + Math.max(0, (createCounts.get(operation) ?? 0) - 1), 0);
    const repeated = [...createCounts].filter(([, count]) => count > 1).map(([operation]) => operation);
    return { duplicates: beyond([...createCounts.keys()]), paidTwice: beyond(billed), repeated };
}
