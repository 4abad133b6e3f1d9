import { benchCommand } from "../../bench/lib/command.ts";
import { printGoals, showTable } from "../../bench/lib/goals.ts";
import { bills } from "./batch/bill.ts";
import { batchFaults } from "./batch/faults.ts";
import { playFaults } from "./batch/play.ts";

/**
 * Checks the lists of batch inference in virtual time. Runs the program's own function and API on a simulated AWS for
 * two months, with a job every second day and a fault or an operator's action at almost every job. Then compares
 * preview's estimate with the metered usage of months without faults.
 */

benchCommand(
    "drill:batch",
    "Simulates faults and operations of the lists of batch inference, and compares preview's estimate with the metered cost",
    ["", "--json"],
).parse();

process.stderr.write(`simulating ${batchFaults.length} faults in virtual time\n`);
const played = await playFaults(batchFaults);
showTable(
    ["fault", "day", "answers", "not answered", "mixed", "lost"],
    played.faults.map((one) => [one.what, one.day.toFixed(2), one.answers, one.unanswered, one.mixed, one.lost]),
);
process.stderr.write("simulating months without faults, and comparing preview's estimate with the metered cost\n");
const months = await bills();
showTable(
    ["viewers", "preview", "meter", "error"],
    months.map((one) => [
        one.viewers,
        `$${one.preview.toFixed(2)}`,
        `$${one.metered.toFixed(2)}`,
        `${one.errorPercent.toFixed(2)} %`,
    ]),
);
const usd = (viewers: number) =>
    Math.max(
        ...months.filter((one) => one.viewers === viewers).map(({ metered, preview }) => Math.max(metered, preview)),
    );
process.exitCode = printGoals([
    { name: "batch-usd-month-1k", figure: usd(1000), bound: "<=", limit: 2.5 },
    { name: "batch-usd-month-10k", figure: usd(10_000), bound: "<=", limit: 9 },
    { name: "batch-unanswered", figure: played.unanswered, bound: "=", limit: 0 },
    { name: "batch-mixed-generations", figure: played.mixed, bound: "=", limit: 0 },
    { name: "batch-paid-twice", figure: played.paidTwice, bound: "=", limit: 0 },
    { name: "batch-lost-personal", figure: played.lost, bound: "=", limit: 0 },
    {
        name: "batch-bill-error",
        figure: Math.max(...months.map(({ errorPercent }) => errorPercent)),
        bound: "<=",
        limit: 5,
    },
]);
