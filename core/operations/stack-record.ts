import { isDeepStrictEqual } from "node:util";
import type { SSMClient } from "@aws-sdk/client-ssm";
import {
    type ClientOf,
    type CommonInputs,
    datasetGroup,
    type Handler,
    isOurs,
    listTags,
    notOurs,
    type Passed,
    type Problem,
} from "pulumi-personalize/core";
import { about } from "pulumi-personalize/errors";
import type { StackConfig } from "../config/config.ts";
import { bucketEndings } from "../config/names.ts";
import { priceJump } from "../cost/estimate.ts";
import type { PlannedStack } from "../cost/planned-stack.ts";
import { hour, readable } from "../cost/time.ts";
import { adoptionCommands, advice } from "./advice.ts";
import { moveStateFlags, removeAllStateFlags, stateFlagsPath } from "./state-flags.ts";
import { stateOnlyHandler } from "./state-only-handler.ts";

/** What `pulumi up` records of a stack, so that the next preview can refuse a change that would damage the stack. */
export interface StackRecordInputs extends Pick<CommonInputs, "region" | "tags"> {
    /** Path of the stack's SSM parameters. */
    readonly path: string;
    /** Name of the stack's own dataset group. */
    readonly datasetGroupName: string;
    /** Config `adopt`. */
    readonly adopt: Readonly<Partial<Record<string, string>>>;
    /** Suffix of all names of the stack. */
    readonly nameSuffix: string;
    readonly bucketName: string;
    /** The ID of the stack's `Owner`. */
    readonly owner: string;
    /** The planned stack, of which `check` estimates the price. */
    readonly priced: { readonly plan: PlannedStack; readonly limitIsSet: boolean };
    /** Config `experiment`. */
    readonly experiment?: StackConfig["experiment"];
}

/** The recorded inputs. A stack that an earlier release created has no `parksIdle`, even after an update. */
type Recorded = Partial<StackRecordInputs> & { readonly parksIdle?: true; readonly experimentSince?: number };

const stackIn = (path: string | undefined): string => path?.slice(stateFlagsPath("").length) ?? "";

/**
 * Returns why the program refuses a renamed stack. Default names follow the stack's name, so the engine would replace
 * almost every resource, with a paid training. Empty if the configuration keeps the names.
 */
function renameProblems(olds: Recorded, news: StackRecordInputs): Problem[] {
    const [before, now] = [stackIn(olds.path), stackIn(news.path)];
    if (before === "" || before === now) return [];
    const renamed = `stack ${before} was renamed to ${now}, and default names follow the stack: almost every resource would be replaced, with a paid training.`;
    if (olds.nameSuffix === undefined) {
        // An earlier release recorded the names elsewhere.
        const reason = `${renamed} Rename the stack back, run \`pulumi up\`, and then rename it again: \`pulumi stack rename ${before}\``;
        return [{ property: "path", reason }];
    }
    const keys = (["nameSuffix", "bucketName"] as const).filter((key) => olds[key] !== news[key]);
    const commands = keys.map((key) => `pulumi config set --stack ${now} ${key} -- '${olds[key]}'`);
    return keys
        .slice(0, 1)
        .map((property) => ({ property, reason: `${renamed} Keep the names:\n  ${commands.join("\n  ")}` }));
}

/** Returns why a change needs config `monthlyLimitUsd`. Empty for a new stack, and for a change that needs no limit. */
function priceProblems({ priced: recorded }: Recorded, { priced }: StackRecordInputs): Problem[] {
    const jump = recorded && !priced.limitIsSet ? priceJump(recorded.plan, priced.plan) : undefined;
    return jump === undefined ? [] : [{ property: "monthlyLimitUsd", reason: jump }];
}

/**
 * Returns why the program refuses another region for a live stack: `up` would delete the stack's resources before it
 * creates new ones, and the stack could not serve until then. Empty for a stack without resources.
 */
function regionProblems({ region: recorded }: Recorded, { region }: StackRecordInputs): Problem[] {
    if (recorded === undefined || recorded === region) return [];
    const reason =
        `aws:region is ${region}, and this stack's resources are in ${recorded}. A stack cannot change its region while ` +
        `it has resources. Set it back:\n  pulumi config set aws:region ${recorded}\nTo move, then run \`pulumi destroy\`, ` +
        "set the new region and run `pulumi up`; or create a second stack there with `pulumi stack init`";
    return [{ property: "region", reason }];
}

/**
 * Returns the start of the experiment's run in epoch milliseconds: a changed experiment starts anew. `warn` gets what a
 * change of a running experiment means. `pulumi up` then asks for confirmation.
 */
function experimentStart(
    { experiment: before, experimentSince: since = 0 }: Recorded,
    { experiment }: StackRecordInputs,
    warn: (message: string) => void,
): number | undefined {
    const now = Date.now();
    if (before !== undefined && isDeepStrictEqual(before, experiment)) return since;
    if (before !== undefined) {
        const firstEnd = since + before.windowHours * hour;
        const result =
            now < firstEnd ? `without a result, because no window has ended before ${readable(firstEnd)}` : "for good";
        const next = experiment === undefined ? "" : ` Experiment ${experiment.name} then starts with no viewers.`;
        warn(
            `Experiment ${before.name} has been running since ${readable(since)}. This change ends it ${result}.${next} ` +
                "To read its result first: npm run experiment. To keep it running, set its values again:\n" +
                Object.entries(before)
                    .map(([name, value]) => `  pulumi config set --path experiment.${name} ${value}`)
                    .join("\n"),
        );
    }
    return experiment && now;
}

/**
 * Returns why names of the stack can equal names that another stack derives. An existing stack keeps such a name, and
 * `warn` gets the reason.
 */
function collisionProblems(olds: Recorded, news: StackRecordInputs, warn: (message: string) => void): Problem[] {
    const { nameSuffix, bucketName } = news;
    const ending = Object.values(bucketEndings).find((each) => bucketName.endsWith(each));
    const collisions = [
        nameSuffix !== "" &&
            !nameSuffix.startsWith("-") && {
                property: "nameSuffix" as const,
                what: `Suffix ${nameSuffix} does not start with -, so two stacks can have a role or a resource of the same name.`,
                fix: `pulumi config set nameSuffix -- -${nameSuffix}`,
            },
        ending !== undefined && {
            property: "bucketName" as const,
            what: `Bucket ${bucketName} ends with ${ending}, so it can be a bucket that another stack derives from its own bucket's name.`,
            fix: "pulumi config set bucketName <name>",
        },
    ];
    return collisions.flatMap((one) => {
        if (one === false) return [];
        const { property, what, fix } = one;
        const isKept = olds.path !== undefined && (olds[property] ?? news[property]) === news[property];
        if (!isKept) return [{ property, reason: `${what} Set another name: \`${fix}\`` }];
        warn(`${what} An existing stack keeps this name. Check the names of each new stack: npm run doctor`);
        return [];
    });
}

/**
 * Creates the lifecycle of a stack's record and of its state flags, which runbooks write and remove. `check` also runs
 * in a preview, before the program creates anything. It reports a problem if another stack already uses this stack's
 * names, or if the stack's name, region or price changes in a way that needs the operator. An update after a rename
 * moves the flags to the new name. `pulumi destroy` removes the remaining ones, or the next stack of this name would
 * start parked.
 */
export function stackRecordHandler(deps: {
    readonly client: ClientOf;
    ssm(region: string): SSMClient;
    log(message: string): void;
    assertEngineAlive(): Promise<void>;
}): Handler {
    /**
     * Rejects a dataset group of another owner with the stack's name. Names what else a dataset group contains that
     * the stack is about to adopt.
     */
    async function checkDatasetGroup(inputs: StackRecordInputs): Promise<Problem[]> {
        const { datasetGroupName: name, adopt, region, owner, tags } = inputs;
        const client = deps.client(region);
        const what = `dataset group ${name}`;
        try {
            const wanted = { name, region, tags, pollSeconds: 0, deadlineMinutes: 0 };
            const found = () => datasetGroup.find(client, wanted);
            const arn = adopt.datasetGroup ?? (await found());
            const has = arn === undefined ? {} : await listTags(client, arn);
            if (arn === undefined || isOurs(has, owner)) return [];
            // The operator's policies may not allow the calls for resources of other names.
            const others = await adoptionCommands(client, arn, { ...adopt, datasetGroup: arn }).catch(() => []);
            const commands = others.join("\n  ");
            const more = commands && `\nThe stack can also adopt what belongs to it:\n  ${commands}`;
            if (adopt.datasetGroup === undefined) {
                const reason = `${what} ${notOurs(advice, arn, has, { owner, tags })}${more}`;
                return [{ property: "datasetGroupName", reason }];
            }
            if (more) deps.log(`${arn} is adopted.${more}`);
            return [];
        } catch (error) {
            // The program itself rejects an adopted resource that does not exist, with its configuration key.
            if (adopt.datasetGroup !== undefined) return [];
            throw about(what, error);
        }
    }
    return {
        ...stateOnlyHandler<StackRecordInputs>({
            compared: ["path", "experiment"],
            idOf: ({ path }) => path,
            async remove({ region, path }) {
                await deps.assertEngineAlive();
                try {
                    await removeAllStateFlags(deps.ssm(region), path);
                } catch (error) {
                    throw about(`SSM parameters under ${path}`, error);
                }
            },
        }),
        async check(olds: Passed<Recorded> | undefined, news: Passed<StackRecordInputs>) {
            const recorded = olds ?? {};
            const problems = [regionProblems, renameProblems, priceProblems, collisionProblems];
            const changed = problems.flatMap((of) => of(recorded, news, deps.log));
            const failures = changed.length > 0 ? changed : await checkDatasetGroup(news);
            const before = stackIn(recorded.path);
            const previousStack = before === stackIn(news.path) ? "" : before;
            const isNew = recorded.path === undefined;
            const parksIdle = (isNew || recorded.parksIdle) && { parksIdle: true };
            const experimentSince = experimentStart(recorded, news, deps.log);
            const run = experimentSince !== undefined && { experimentSince };
            return { inputs: { ...news, previousStack, ...parksIdle, ...run }, failures };
        },
        async update(_id, olds: Passed<Recorded>, news: Passed<StackRecordInputs>) {
            const [before, now] = [stackIn(olds.path), stackIn(news.path)];
            if (before !== "" && before !== now) {
                await deps.assertEngineAlive();
                await moveStateFlags(deps.ssm(news.region), before, now);
            }
            return { outs: { ...news, previousStack: "" } };
        },
    };
}
