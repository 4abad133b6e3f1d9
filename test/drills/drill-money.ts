import { Option } from "commander";
import { benchCommand, whole } from "../../bench/lib/command.ts";
import { printGoals, showLine, showTable } from "../../bench/lib/goals.ts";
import { type BilledMonth, billMonth } from "./money/bill-month.ts";
import { liveOnce } from "./money/life.ts";
import { sabotages } from "./money/sabotage.ts";
import { virtualMonths } from "./money/virtual-months.ts";

/**
 * Checks the cost guard in simulated months with faults, compares the metered cost of a month with preview's estimate,
 * and runs the guard on its own local AWS. The drill uses its own prices.
 */

const { seed, sabotage } = benchCommand(
    "drill:money",
    "Does the cost guard enforce the limit once, in time and with a notification? Does the metered cost equal preview's estimate? Does destroy leave nothing?",
    ["", "--seed 7 --json"],
)
    .option("--seed <number>", "seed of the faults and their times", whole(0), 1)
    .addOption(
        new Option(
            "--sabotage <how>",
            "run only the virtual months, with a broken guard; the drill must then miss its goals",
        ).choices(Object.keys(sabotages)),
    )
    .parse()
    .opts<{ seed: number; sabotage?: string }>();

const say = (line: string) => process.stderr.write(`${line}\n`);
const isFine = (fine: boolean) => (fine ? "yes" : "NO");

say("simulating months");
const months = await virtualMonths(seed, sabotage === undefined ? undefined : sabotages[sabotage], say);
const bills: BilledMonth[] = [];
if (sabotage === undefined) {
    for (const recipe of ["aws-user-personalization", "aws-user-personalization-v2"]) {
        bills.push(await billMonth(recipe, say));
    }
}
const life = sabotage === undefined ? await liveOnce(say) : undefined;

showTable(
    [
        "virtual months with",
        "months",
        "notifications",
        "wrong",
        "enforced",
        "at most, min",
        "and waiting for AWS",
        "survived",
    ],
    months.map((one) => [
        ...[one.fault, one.months, one.notifications, one.wrong.length, one.enforcements],
        ...[one.enforcementMinutes, one.enforcementMinutesAll, isFine(one.survived)],
    ]),
);
for (const { fault, wrong } of months) {
    for (const what of wrong.slice(0, 5)) showLine(`${fault}: ${what}`);
}
const usd = (amount: number) => `$${amount.toFixed(2)}`;
if (life !== undefined) {
    showTable(
        ["a month by", "requests made", "preview", "metered", "Cost Explorer", "apart", "seconds"],
        bills.map((one) => [
            ...[one.recipe, one.requests, usd(one.estimatedUsd), usd(one.meteredUsd), usd(one.shownUsd)],
            ...[`${one.errorPercent.toFixed(2)} %`, one.seconds.toFixed(0)],
        ]),
    );
    showLine("Compared are Amazon Personalize's lines: campaign hours and requests, and the retraining.");
    showTable(
        ["on the local AWS", "so", "seconds", ""],
        life.steps.map((step) => [step.what, isFine(step.fine), step.seconds.toFixed(0), step.note]),
    );
    for (const what of life.notificationsWrong) showLine(what);
}
const wrong = months.reduce((sum, one) => sum + one.wrong.length, 0);
const missed = life?.steps.filter((step) => !step.fine).length ?? 0;
process.exitCode = printGoals([
    { name: "money-notices-wrong", figure: wrong + (life?.notificationsWrong.length ?? 0), bound: "=", limit: 0 },
    {
        name: "money-brake-minutes",
        figure: Math.max(...months.map((one) => one.enforcementMinutes)),
        bound: "<",
        limit: 20,
    },
    {
        name: "money-faults-survived",
        figure: months.filter((one) => one.fault !== "none" && one.survived).length,
        bound: "=",
        limit: 20,
    },
    ...(life === undefined
        ? []
        : [
              {
                  name: "money-bill-error",
                  figure: Math.max(...bills.map(({ errorPercent }) => errorPercent)),
                  bound: "<=" as const,
                  limit: 5,
                  unit: "%",
              },
              { name: "money-left-usd-hour", figure: life.leftUsdHour, bound: "=" as const, limit: 0 },
              { name: "money-life-missed", figure: missed, bound: "=" as const, limit: 0 },
          ]),
]);
