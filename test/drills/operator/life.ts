import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { OperatorLevel } from "../../../iam/operator.ts";
import type { CommandResult } from "../../../packages/local-aws/pulumi.ts";
import { createAdmin } from "../../../packages/local-aws/test/admin.ts";
import { writeStateFlag } from "../../../personalize/operations/state-flags.ts";
import { runbooks } from "../../../runbooks/runbooks.mjs";
import { changedByHand, letGatewayLog } from "./by-hand.ts";
import type { OperatorHarness, Who } from "./harness.ts";

/** A command that an operator runs. */
export interface Step {
    readonly name: string;
    /** The stack before the step: not deployed, or deployed with the configuration `usual`. */
    readonly from: "nothing" | "usual";
    /** Names of steps that must run before, in this order. */
    readonly after?: readonly string[];
    /**
     * Whether the command reports a denied read and continues. To test a removed permission, the drill prefers other
     * steps, because they fail without the permission.
     */
    readonly tolerant?: boolean;
    /** Whether the step changes the stack. */
    readonly changes?: boolean;
    /** The policies that the step must not exceed; all of the operator's by default. */
    readonly policies?: readonly OperatorLevel[];
    /** The expected exit code. */
    readonly exitCode?: number;
    /** Prepares what the step needs: data, configuration, or changes by others. */
    ready?(harness: OperatorHarness): Promise<void>;
    run(harness: OperatorHarness, who: Who): Promise<CommandResult>;
}

/**
 * Returns a step that runs a runbook. `args` follow `--stack`. If `configured` is true, the runbook gets the stack's
 * configuration file.
 */
function runbook(name: string, more: Partial<Step> & { args?: readonly string[]; configured?: boolean } = {}): Step {
    const { args = [], configured = false, ...step } = more;
    return {
        name,
        from: "usual",
        run: (harness, who) =>
            harness.runbook(who, name, ...(configured ? ["--config-file", harness.configFile] : []), ...args),
        ...step,
    };
}

const configured = true;
let uploads = 0;
let upload = "";

/** Starts a training outside Pulumi that never ends. */
async function trainsElsewhere({ aws }: OperatorHarness): Promise<void> {
    const { solutionArn } = await aws.outputs();
    await createAdmin(aws.instance).arm({ operation: "CreateSolutionVersion", effect: { kind: "hang" } });
    await aws.personalize.createSolutionVersion({ solutionArn });
}

/** Updates the campaign outside Pulumi, with an update that the service fails. The campaign keeps serving. */
async function failsElsewhere({ aws }: OperatorHarness): Promise<void> {
    const { campaignArn } = await aws.outputs();
    await createAdmin(aws.instance).arm({
        operation: "UpdateCampaign",
        effect: { kind: "fail", reason: "no capacity" },
    });
    await aws.personalize.updateCampaign({ campaignArn, minProvisionedTPS: 9 });
    await createAdmin(aws.instance).clear();
}

/** Writes the state flag `serving` with the serving version, as the runbook rollback does. */
async function isMarked({ aws }: OperatorHarness): Promise<void> {
    const { solutionVersionArn = "" } = await aws.outputs();
    const mark = { solutionVersionArn, hold: false, reason: "the drill", since: new Date().toISOString() };
    await writeStateFlag(aws.ssm, aws.stack, "serving", mark);
}

/** Publishes a message to the topic, so that the queue is not empty. */
async function somethingIsSaid({ aws }: OperatorHarness): Promise<void> {
    const { notificationsTopicArn: TopicArn } = await aws.outputs();
    await aws.sns.publish({ TopicArn, Message: "An unread message." });
}

const reads = { policies: ["read"] } as const;
const operates = { policies: ["read", "operate"], changes: true } as const;
let seed = 100;

/** Steps that need arguments, preparation, or other policies than `read`. */
const steps: readonly Step[] = [
    runbook("doctor", { ...reads, tolerant: true, from: "nothing", configured }),
    {
        name: "up",
        from: "nothing",
        changes: true,
        ready: (harness) => harness.configure("usual"),
        run: (harness, who) => harness.engine(who, "up"),
    },
    {
        name: "preview",
        from: "usual",
        ...reads,
        run: (harness, who) => harness.engine(who, "preview", "--expect-no-changes"),
    },
    {
        name: "refresh",
        from: "usual",
        // This step uses all policies, because refresh reads the value of an API key.
        run: (harness, who) => harness.engine(who, "refresh", "--expect-no-changes"),
    },
    runbook("doctor", { ...reads, tolerant: true, name: "doctor of a stack", configured }),
    runbook("recommend", { ...reads, args: ["1", "2", "--filter", "unseen"] }),
    runbook("adopt", { ...reads, configured }),
    // This step also uses the policy `operate`, because the runbook checks whether the caller can pass the role.
    runbook("diagnose-access", { policies: ["read", "operate"], tolerant: true, args: ["--json"] }),
    runbook("audit-leftovers", { ...reads, tolerant: true }),
    {
        ...runbook("audit-leftovers", { ...reads, tolerant: true }),
        name: "audit-leftovers without a state",
        exitCode: 1,
        async run(harness, who) {
            const empty = join(harness.aws.instance.dir, "no-stacks");
            await mkdir(empty, { recursive: true });
            const elsewhere = { ...who, PULUMI_BACKEND_URL: `file://${empty}` };
            return harness.runbookAnywhere(elsewhere, "audit-leftovers", "--region", "eu-central-1");
        },
    },
    runbook("cost-report", { ...reads, configured }),
    runbook("budget-alarms", reads),
    runbook("budget-alarms", {
        name: "budget-alarms --send-test",
        policies: ["read", "operate"],
        // Put another message into the queue, which the runbook must leave there.
        ready: somethingIsSaid,
        args: ["--send-test"],
    }),
    runbook("publish-metrics", { policies: ["read", "operate"], configured }),
    runbook("watch-status", {
        ...reads,
        name: "watch-status of what failed",
        // The runbook reads CloudTrail and the state flags only to explain states. If they are denied, it reports this
        // and continues.
        tolerant: true,
        changes: true,
        exitCode: 1,
        ready: failsElsewhere,
    }),
    // Run this step before the runbooks whose changes `pulumi up` reverts. After these runbooks, the `pulumi up` of
    // this step would also revert their changes, so the drill would record actions that the step does not call when it
    // is repeated alone.
    {
        name: "up after changes by hand",
        from: "usual",
        changes: true,
        ready: ({ aws }) => changedByHand(aws),
        run: (harness, who) => harness.engine(who, "up", "--refresh"),
    },
    runbook("park", { ...operates, configured, args: ["--yes"] }),
    runbook("resume", { ...operates, configured, args: ["--yes"], after: ["park"] }),
    runbook("retrain", { ...operates, configured, ready: ({ aws }) => aws.writeInteractions(seed++) }),
    {
        ...runbook("versions", reads),
        name: "versions without a campaign",
        // With `serving.mode: batch`, the runbook reads which lists the API serves.
        async run(harness, who) {
            await harness.configure("precomputed");
            const result = await harness.runbook(who, "versions", "--config-file", harness.configFile);
            await harness.configure("usual");
            return result;
        },
    },
    runbook("rollback", { ...operates, configured, args: ["--yes"], after: ["retrain"] }),
    runbook("rollback", {
        ...operates,
        name: "rollback --release",
        configured,
        args: ["--release"],
        after: ["retrain", "rollback"],
    }),
    {
        ...runbook("repair-file"),
        policies: ["read", "operate"],
        // Use another key in each run, because a repair never replaces an object.
        async ready({ aws }) {
            const { bucketName: Bucket = "" } = await aws.outputs();
            const Key = `uploads/${++uploads}.csv`;
            // The file begins with a byte order mark, which the repair removes. It has more than the minimum of 1,000
            // interactions.
            const rows = Array.from({ length: 1200 }, (_, row) => `${row % 60},${row % 40},${1_600_000_000 + row}\n`);
            const Body = `\ufeffUSER_ID,ITEM_ID,TIMESTAMP\n${rows.join("")}`;
            await aws.s3.putObject({ Bucket, Key, Body });
            upload = `s3://${Bucket}/${Key}`;
        },
        run: (harness, who) => harness.runbook(who, "repair-file", upload),
    },
    runbook("flush-cache", { policies: ["read", "operate"], args: ["--yes"] }),
    runbook("forget-viewer", { policies: ["read", "operate"], args: ["1", "--yes"] }),
    {
        name: "up with changes",
        from: "usual",
        changes: true,
        async ready(harness) {
            await letGatewayLog(harness.aws);
            await harness.configure("changed");
        },
        run: (harness, who) => harness.engine(who, "up"),
    },
    {
        name: "up with the page behind the API",
        from: "usual",
        // Run `up with changes` first, because this step must also revert the tags that `up with changes` changed.
        after: ["up with changes"],
        changes: true,
        ready: (harness) => harness.configure("together"),
        run: (harness, who) => harness.engine(who, "up"),
    },
    {
        name: "up with an API key",
        from: "usual",
        after: ["up with changes", "up with the page behind the API"],
        changes: true,
        ready: (harness) => harness.configure("keyed"),
        run: (harness, who) => harness.engine(who, "up"),
    },
    {
        name: "destroy",
        from: "usual",
        after: ["up with changes", "up with the page behind the API", "up with an API key"],
        changes: true,
        // Prepare a running training, which destroy must stop, and a state flag, which it must delete.
        async ready(harness) {
            await trainsElsewhere(harness);
            await isMarked(harness);
        },
        run: (harness, who) => harness.engine(who, "destroy"),
    },
];

const isPlain = (name: string) => !steps.some((step) => step.name === name);

/**
 * All commands of an operator, in the order of the drill: every Pulumi command, every runbook, and every kind of change
 * that needs other permissions. A runbook without a step in `steps` runs after the first `up`.
 */
export const life: readonly Step[] = steps.toSpliced(
    steps.findIndex(({ name }) => name === "up") + 1,
    0,
    ...Object.keys(runbooks)
        .filter(isPlain)
        .map((name) => runbook(name, reads)),
);
