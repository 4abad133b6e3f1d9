import { benchCommand } from "../../bench/lib/command.ts";
import { printGoals, showLine, showTable } from "../../bench/lib/goals.ts";
import { startTestAws } from "../support/local-aws.ts";
import { playOnStack } from "./abuse/played.ts";
import { listUnwatched } from "./abuse/unwatched.ts";
import { playSlowestClosing, virtualAttacks } from "./abuse/virtual-attacks.ts";

/**
 * Checks how much strangers can make the program's owner pay. Runs attacks on the program's stack on a local AWS and
 * calculates their cost with the drill's own prices. Measures in virtual time how soon the cost guard closes the API.
 * Checks that the guard reads the usage of every resource type to which strangers have access.
 */

benchCommand(
    "drill:abuse",
    "Calculates the cost of strangers' attacks, and checks when the cost guard stops them and which usage it does not read",
    ["", "--json"],
).parse();

const say = (line: string) => process.stderr.write(`${line}\n`);
const usd = (amount: number) => `$${amount.toFixed(2)}`;

say("starting a local AWS");
const aws = await startTestAws();
try {
    say("previews with the page on the API, and on CloudFront");
    const unwatched = [...(await listUnwatched(aws, "api")), ...(await listUnwatched(aws, "cloudfront"))];
    const { loads, campaignPerSecond, campaignUsd, worstUsdHour } = await playOnStack(aws, say);
    showTable(
        ["attack through the API", "a second", "bytes", "tried", "an hour"],
        [
            ...loads.map((one) => [one.what, one.limit, one.bytes, one.throttledText, usd(one.usd)]),
            ["calls of the campaign", campaignPerSecond, "", "bound of all processes", usd(campaignUsd)],
            ["all at once", "", "", "", usd(worstUsdHour)],
        ],
    );
    say("the cost guard in virtual time");
    const limit = 200;
    const closings = [];
    for (const attack of virtualAttacks(worstUsdHour)) closings.push(await playSlowestClosing(attack, limit));
    showTable(
        [
            `until the guard closes (limit $${limit})`,
            "minutes after the threshold",
            "hours in all",
            "paid",
            "notifications",
        ],
        closings.map((one) => [
            ...[one.what, one.minutes, one.hours.toFixed(1), usd(one.usd), one.notifications.join(", ")],
        ]),
    );
    for (const what of unwatched) showLine(`unwatched: ${what}`);
    process.exitCode = printGoals([
        { name: "abuse-worst-usd-hour", figure: worstUsdHour, bound: "<=", limit: 5 },
        {
            name: "abuse-brake-minutes",
            figure: Math.max(...closings.map(({ minutes }) => minutes)),
            bound: "<",
            limit: 20,
        },
        { name: "abuse-unwatched", figure: unwatched.length, bound: "=", limit: 0 },
    ]);
} finally {
    await aws.stop();
}
