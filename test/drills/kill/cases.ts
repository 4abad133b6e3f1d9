import { type Process, running, startedBy } from "../../../bench/lib/processes.ts";
import { seededRandom } from "../../../bench/lib/random.ts";
import type { LoggedRequest } from "../../../packages/local-personalize/emulator.ts";

/** When the engine is killed: after a share of the command's usual time, or between a call's acceptance and its answer. */
export type Moment = { readonly share: number } | { readonly operation: string };

/** One killed command, and what goes wrong besides. */
export interface Case {
    readonly command: "up" | "destroy";
    readonly moment: Moment;
    /** Whether the Personalize emulator is killed together with the engine. */
    readonly emulatorToo: boolean;
    /** Faults that meet the command which is run again. */
    readonly faults: readonly object[];
}

const asked = {
    up: [
        "CreateSchema",
        "CreateDatasetGroup",
        "CreateDataset",
        "CreateDatasetImportJob",
        "CreateSolution",
        "CreateSolutionVersion",
        "CreateCampaign",
    ],
    destroy: ["DeleteCampaign", "DeleteSolution", "DeleteDataset", "DeleteDatasetGroup", "DeleteSchema"],
} as const;

const looks = ["ListSolutionVersions", "DescribeSolutionVersion", "DescribeCampaign", "ListDatasetGroups"];

/**
 * Pairs of a killed `up` and a killed `destroy`. Every other one is killed between acceptance and answer, through all
 * operations in turn; the others at uniform moments. Every third takes the emulator along, every other one of the
 * rest meets throttling and dropped connections afterwards.
 */
export function casesOf(seed: number, pairs: number): readonly Case[] {
    const random = seededRandom(seed);
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
    const turn = { up: Math.floor(random() * 7), destroy: Math.floor(random() * 5) };
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

/** A moment as the table shows it. */
export const describeMoment = (moment: Moment) =>
    "operation" in moment ? `after ${moment.operation}` : `at ${Math.round(100 * moment.share)} %`;

/** What a life from `up` to `destroy` asked of the service more than once. */
export interface Excess {
    /** Resources that were made beside one that was there. */
    readonly duplicates: number;
    /** Imports, trainings and campaigns beyond the one of each that a life needs. */
    readonly paidTwice: number;
}

const billed = ["CreateDatasetImportJob", "CreateSolutionVersion", "CreateCampaign"];

/** Counts accepted calls; what failed to be made and was made again is no duplicate. */
export function excessOf(requests: readonly LoggedRequest[]): Excess {
    const made = new Map<string, number>();
    for (const { operation, outcome } of requests) {
        if (operation.startsWith("Create") && outcome === "accepted") {
            made.set(operation, (made.get(operation) ?? 0) + 1);
        }
    }
    const beyond = (operations: readonly string[]) =>
        operations.reduce((sum, operation) => sum + Math.max(0, (made.get(operation) ?? 0) - 1), 0);
    return { duplicates: beyond([...made.keys()]), paidTwice: beyond(billed) };
}

/**
 * What killed engines leave running. Our own providers end by themselves when the engine is gone; Pulumi's language
 * host does not, and forty of them would stay on the machine.
 */
export function orphansOfKilled() {
    const known: Process[] = [];
    return {
        /** Notes what an engine has started, just before it is killed. */
        add: (engine: number): void => void known.push(...startedBy(engine)),
        /** Ends those that still run, by the id and the command under which they were noted. */
        end(): void {
            const commands = new Map(running().map(({ pid, command }) => [pid, command]));
            for (const { pid } of known.filter((one) => commands.get(one.pid) === one.command)) {
                process.kill(pid, "SIGKILL");
            }
        },
    };
}
