import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { SQS } from "@aws-sdk/client-sqs";
import { createAdmin } from "../../../packages/local-aws/test/admin.ts";
import { listEverything, listWatchers } from "../../support/inventory.ts";
import { createSettings, startTestAws } from "../../support/local-aws.ts";
import { advance, ask, fine, metered } from "./metered.ts";

/** An expected result on the local AWS, and whether it occurred. */
interface Step {
    readonly what: string;
    readonly fine: boolean;
    readonly seconds: number;
    /** The actual result or a further detail, for the report. */
    readonly note: string;
}

export interface Life {
    readonly steps: readonly Step[];
    /** Duplicate or missing notifications, as sentences. */
    readonly notificationsWrong: readonly string[];
    /** Hourly cost after `destroy`, US dollars. */
    readonly leftUsdHour: number;
    readonly left: readonly string[];
}

/**
 * Config value: the number of hours without a request after which a campaign counts as idle. 0.005 hours are 18
 * seconds.
 */
const idleHours = "0.005";

/**
 * Deploys a stack on a local AWS that enforces IAM, and checks the cost guard until `destroy`: its schedule starts it,
 * it parks an idle campaign, it enforces the limit of a busy campaign, and neither `up` nor the guard undoes a park or
 * a resume by a person.
 */
export async function liveOnce(say: (line: string) => void): Promise<Life> {
    const aws = await startTestAws();
    const admin = createAdmin(aws.instance);
    const settings = createSettings(aws.instance);
    const sqs = new SQS(settings);
    const cloudwatch = new CloudWatch(settings);
    const configFile = join(aws.instance.dir, "workspace", `Pulumi.${aws.stack}.yaml`);
    const runbook = async (name: string, ...args: string[]) =>
        fine(name, await aws.runbook(name, "--config-file", configFile, ...args));
    const common = { recipe: "aws-user-personalization-v2", guardMinutes: 1, expectedRequestsPerDay: 1000 };
    const steps: Step[] = [];
    const got: string[] = [];
    let campaignArn = "";
    let QueueUrl = "";

    /** Receives new messages into `got` and deletes them from the queue. */
    async function read(): Promise<void> {
        const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
        for (const { Body = "", ReceiptHandle } of Messages) {
            got.push(Body);
            await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
        }
    }
    const kinds = () => got.map((body) => /"kind":"([\w-]+)"/.exec(body)?.[1] ?? "");
    const hasNotice = (kind: string) => async () => {
        await read();
        return kinds().includes(kind);
    };
    const isThere = () =>
        aws.personalize.describeCampaign({ campaignArn }).then(
            ({ campaign }) => !campaign?.status?.startsWith("DELETE"),
            () => false,
        );
    /** Waits until a check succeeds, for at most this number of seconds, and records the result. */
    async function step(what: string, isSo: () => Promise<boolean>, seconds = 0, note = () => ""): Promise<void> {
        const begun = performance.now();
        let so = await isSo();
        for (; !so && performance.now() - begun < seconds * 1000; so = await isSo()) await sleep(500);
        const took = (performance.now() - begun) / 1000;
        steps.push({ what, fine: so, seconds: took, note: note() });
        say(`${so ? "yes" : "NO"}: ${what} (${took.toFixed(0)} s) ${note()}`);
    }

    try {
        await aws.configure({ ...common, idle: { hours: idleHours, graceHours: idleHours, action: "park" } });
        fine("up", await aws.engine("up"));
        const outputs = await aws.outputs();
        ({ campaignArn = "", notificationsQueueUrl: QueueUrl = "" } = outputs);
        await step("its schedule starts it; without requests it notifies the queue", hasNotice("idle"), 300);
        await step("it parks the idle campaign, and notifies", hasNotice("idle-parked"), 300);
        await step("the campaign is gone", async () => !(await isThere()), 30);

        // Set the limit while the campaign is parked, because preview otherwise rejects a limit below the estimated
        // cost. Then `resume` creates the campaign again.
        await aws.configure(common);
        fine("up", await aws.engine("up"));
        const { estimatedMonthlyCostUsd } = await aws.outputs();
        const limit = Math.ceil(Number(estimatedMonthlyCostUsd));
        const limited = { ...common, monthlyLimitUsd: String(limit) };
        await aws.configure(limited);
        fine("up", await aws.engine("up"));
        // Resume without the limit in the configuration: `resume` refuses a campaign whose price is above the limit.
        // The deployed guard keeps the limit.
        const resume = async () => {
            await aws.configure(common);
            await runbook("resume", "--yes");
            await aws.configure(limited);
        };
        await resume();
        await step("resume brings it back", isThere);

        let reached = false;
        let requestCount = 0;
        const most = (limit / 0.15) * 1000 * 1.3;
        const asking = ask(aws, campaignArn, most, () => reached).then((count) => {
            requestCount = count;
        });
        await step("requests without end: at the limit it notifies the queue", hasNotice("limit-reached"), 400);
        reached = true;
        await asking;
        await step(
            "it parked the campaign",
            async () => !(await isThere()),
            30,
            () => `${requestCount} requests, limit $${limit}`,
        );
        await step(
            "AWS Budgets notified the queue of 50, 80 and 100 %",
            async () => {
                await read();
                return got.filter((body) => body.includes("AWS Budget Notification")).length >= 3;
            },
            60,
        );
        // This `up` removes the campaign, which the cost guard has deleted in AWS, from the state.
        fine("up", await aws.engine("up"));
        const preview = await aws.engine("preview", "--expect-no-changes");
        await step(
            "preview finds no change and prints why there is no campaign",
            async () =>
                preview.exitCode === 0 && /has been parked since .*cost guard/.test(preview.stdout + preview.stderr),
            0,
            () => (preview.exitCode === 0 ? "" : preview.stdout.slice(-800)),
        );
        await step("up does not fight it", async () => !(await isThere()));
        await resume();
        await step("a resume is notified, once", hasNotice("limit-overridden"), 150);
        await step("and the campaign stays", isThere);

        await admin.arm({ operation: "ListSolutions", times: 1000, effect: { kind: "throttle" } });
        await step(
            "a guard that fails raises its alarm",
            async () => {
                await read();
                const { MetricAlarms = [] } = await cloudwatch.describeAlarms({ StateValue: "ALARM" });
                return MetricAlarms.some(({ AlarmName }) => AlarmName?.endsWith("-failures"));
            },
            240,
        );
        await admin.clear();
        await step(
            "and the alarm notifies the queue",
            async () => {
                await read();
                return got.some((body) => body.includes('"AlarmName"') && body.includes("-failures"));
            },
            60,
        );

        fine("destroy", await aws.engine("destroy"));
        const left = [...(await listEverything(aws)), ...(await listWatchers(aws))];
        await step(
            "destroy leaves nothing",
            async () => left.length === 0,
            0,
            () => left.join(", "),
        );
        const endedAt = await advance(aws, 0);
        const nextHour = (Math.floor(endedAt / 3_600_000) + 1) * 3_600_000;
        await advance(aws, (nextHour - endedAt) / 1000 + 3600);
        const { usd: leftUsdHour } = await metered(aws, nextHour, nextHour + 3_600_000, "HOURLY");
        return { steps, notificationsWrong: wrongOf(got), leftUsdHour, left };
    } finally {
        sqs.destroy();
        cloudwatch.destroy();
        await aws.stop();
    }
}

/** Kinds of notifications that must arrive exactly once. Copies with the same id count once. */
const once = ["limit-reached", "limit-overridden", "idle-parked"];

function wrongOf(got: readonly string[]): string[] {
    const ids = new Set(
        got.flatMap((body) => (body.startsWith("{") ? [(JSON.parse(body) as { id?: string }).id ?? ""] : [])),
    );
    return once.flatMap((kind) => {
        const count = [...ids].filter((id) => id.split("/")[2] === kind).length;
        return count === 1 ? [] : [`${kind} came ${count} times`];
    });
}
